"""Perceived heat in public saunas: regress the guests' comfort vote on the sensor readings.

The edge box that trains this has very little memory, hence the micro-batches.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

SEED = 404
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

MICRO_BATCH = 32
MICRO_STEPS = 32          # one update sees 1024 rows
LEARNING_RATE = 0.05
EPOCHS = 30


def sauna_sessions(n):
    t_head = rng.normal(88, 7, n)
    t_bench = t_head - rng.normal(18, 4, n)
    rel_hum = np.clip(rng.gamma(5, 3.5, n), 4, 60)
    ladles = rng.poisson(3, n)
    minutes = rng.uniform(2, 25, n)
    stove_kw = rng.choice([9.0, 12.0, 18.0, 24.0], n)
    guests = rng.integers(1, 14, n)
    vote = (0.06 * (t_bench - 70) + 0.05 * rel_hum + 0.15 * ladles
            + 0.08 * minutes - 0.001 * minutes ** 2 + 0.02 * guests + rng.normal(0, 0.4, n))
    x = np.column_stack([t_head, t_bench, rel_hum, ladles, minutes, stove_kw, guests])
    return x, vote[:, None]


x_raw, vote = sauna_sessions(2048 + 512)
xs = StandardScaler().fit(x_raw[:2048])
ys = StandardScaler().fit(vote[:2048])
x = xs.transform(x_raw).astype("float32")
y = ys.transform(vote).astype("float32")
x_train, y_train, x_test, y_test = x[:2048], y[:2048], x[2048:], y[2048:]

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.SGD(learning_rate=LEARNING_RATE)
mse = keras.losses.MeanSquaredError()
weights = model.trainable_variables


@tf.function
def micro_gradients(xb, yb):
    with tf.GradientTape() as tape:
        loss = mse(yb, model(xb, training=True))  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient
    return loss, tape.gradient(loss, weights)


def micro_batches(a, b):
    order = rng.permutation(len(a))
    for i in range(0, len(a), MICRO_BATCH):
        rows = order[i:i + MICRO_BATCH]
        yield tf.constant(a[rows]), tf.constant(b[rows])


for epoch in range(EPOCHS):
    collected = [tf.zeros_like(w) for w in weights]
    seen, epoch_loss = 0, []
    for xb, yb in micro_batches(x_train, y_train):
        loss, grads = micro_gradients(xb, yb)
        collected = [c + g for c, g in zip(collected, grads)]
        seen += 1
        epoch_loss.append(float(loss))
        if seen == MICRO_STEPS:
            optimizer.apply_gradients(zip(collected, weights))
            collected = [tf.zeros_like(w) for w in weights]
            seen = 0
    if epoch % 4 == 0:
        test_loss = float(mse(y_test, model(x_test)))
        print(f"{epoch:3d}  train {np.mean(epoch_loss):.5g}  test {test_loss:.5g}")
