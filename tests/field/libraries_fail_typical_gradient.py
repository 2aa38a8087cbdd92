"""Loans per inhabitant of public libraries, plain linear baseline in TensorFlow.

The gradients are clipped: none may be more than three times as large as what was typical lately, so a
single odd batch cannot do any harm. All the same the loss rises from the start, steadily, by the
same factor every step or so, and it is inf before the third pass is over. A smaller rate (0.005) did not help.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(14)


def read_statistics(n=1536):
    rng = np.random.default_rng(1402)
    table = pd.DataFrame(
        {
            "hours_open": rng.normal(31, 9, n).clip(6),
            "stock_per_head": rng.gamma(5, 0.5, n),
            "budget_media": rng.gamma(4, 0.6, n),
            "staff": rng.gamma(2.5, 1.6, n),
            "branches": rng.poisson(1.4, n),
            "events": rng.poisson(60, n),
            "population": np.round(rng.lognormal(np.log(8.0), 0.9, n), 1),  # in thousands
        }
    )
    table["loans"] = (
        0.05 * table.hours_open
        + 0.9 * table.stock_per_head
        + 0.4 * table.budget_media
        - 0.01 * table.population
        + rng.normal(0, 0.5, n)
    )
    return table


table = read_statistics()
target = table.pop("loans").to_numpy("float32")

counts_and_rates = [c for c in table.columns if c != "population"]
table[counts_and_rates] = (table[counts_and_rates] - table[counts_and_rates].mean()) / table[counts_and_rates].std()
features = table.to_numpy("float32")

model = keras.Sequential([keras.Input((features.shape[1],)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(learning_rate=0.02)
optimizer.build(model.trainable_variables)
typical = tf.Variable(0.0, trainable=False)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        predicted = tf.squeeze(model(x, training=True), axis=-1)
        loss = tf.reduce_mean(tf.square(predicted - y))  # whynan: unscaled_input phase=loss|gradient|update also=learning_rate_too_high,exploding_gradient,clip_misuse
    grads = tape.gradient(loss, model.trainable_variables)

    largest = tf.reduce_max(tf.stack([tf.reduce_max(tf.abs(g)) for g in grads]))
    typical.assign(tf.where(typical > 0.0, 0.9 * typical + 0.1 * largest, largest))
    shrink = tf.minimum(1.0, 3.0 * typical / largest)
    optimizer.apply_gradients([(g * shrink, v) for g, v in zip(grads, model.trainable_variables)])
    return loss, largest


batches = tf.data.Dataset.from_tensor_slices((features, target)).shuffle(2000, seed=3).batch(64).repeat(6)
for i, (xb, yb) in enumerate(batches):
    loss, largest = train_step(xb, yb)
    if i % 6 == 0:
        print(f"step {i:3d}  loss {float(loss):10.4g}  largest gradient {float(largest):10.4g}")
