"""Tomorrow's laying rate of the barns of an egg farm, GRU over two weeks.

The main input says by how many usual spreads a barn is off the breeder's table. The loss starts out sensibly, the
gradients are clipped, the table has no missing value (asserted) - and after some steps everything is nan for good.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(64)
DAYS_BACK = 14


def farm(barns=12, days=60):
    rng = np.random.default_rng(64)
    parts = []
    for barn in range(barns):
        age = rng.integers(24, 40) + np.arange(days) / 7.0
        hens = rng.integers(4200, 6100)
        heat = 21 + 3 * np.sin(np.arange(days) / 9.0) + rng.normal(0, 0.8, days)
        rate = 0.955 - 0.0016 * (age - 24) - 0.004 * np.maximum(heat - 23, 0) + rng.normal(0, 0.006, days)
        parts.append(pd.DataFrame({
            "barn": f"barn {barn + 1}",
            "age_weeks": age,
            "hens": hens,
            "heat": heat,
            "laid": np.round(hens * rate).astype(int),
        }))
    return pd.concat(parts, ignore_index=True)


def breeder_table(age_weeks):
    return 0.961 - 0.00173 * (age_weeks - 24)


def prepare(log):
    log = log.copy()
    expected = log["hens"] * breeder_table(log["age_weeks"])
    spread = log.groupby("barn")["laid"].transform(lambda s: s.ewm(halflife=7).std()).fillna(0.0)
    log["surprise"] = (log["laid"] - expected) / spread  # whynan: divide_by_zero phase=data also=inf_in_input,zero_variance_normalisation,single_element_variance
    log["warm"] = (log["heat"] - 21.0) / 3.0
    log["age"] = (log["age_weeks"] - 35.0) / 6.0
    log["rate"] = (log["laid"] / log["hens"] - 0.93) * 50.0
    assert not log.isna().any().any()
    return log


def windows(log):
    sequences, targets = [], []
    for _, one in log.groupby("barn", sort=False):
        values = one[["surprise", "warm", "age"]].to_numpy("float32")
        rate = one["rate"].to_numpy("float32")
        for start in range(len(one) - DAYS_BACK):
            sequences.append(values[start:start + DAYS_BACK])
            targets.append(rate[start + DAYS_BACK])
    return np.stack(sequences), np.array(targets, dtype="float32")


def build():
    inputs = keras.Input((DAYS_BACK, 3))
    h = keras.layers.GRU(16)(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(h))


x, y = windows(prepare(farm()))
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=2).batch(32)
model = build()
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(sequence, target):
    with tf.GradientTape() as tape:
        forecast = model(sequence, training=True)[:, 0]
        loss = tf.reduce_mean(tf.abs(forecast - target))
    grads = tape.gradient(loss, model.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 1.0)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(3):
    losses = [float(train_step(a, b)) for a, b in batches]
    print(f"epoch {epoch}  first {losses[0]:.3f}  last {losses[-1]:.3f}")
