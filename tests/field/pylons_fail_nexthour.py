# Next-hour load on a 110 kV line from the last two days. Linear model as in the
# "are transformers effective for forecasting" paper, which was hard to beat.
# The laptop has little memory, so the batches are small and we accumulate.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)

LOOKBACK = 48
MICRO = 24
ACCUM = 16
EPOCHS = 12
LR = 0.01


def synth_load(days=120):
    rng = np.random.default_rng(404)
    t = np.arange(days * 24)
    base = 62.0 + 14.0 * np.sin(2 * np.pi * t / 24.0 - 1.3)
    base += 4.0 * np.sin(4 * np.pi * t / 24.0)
    base += 5.5 * np.sin(2 * np.pi * t / 168.0)
    return base + rng.normal(0.0, 3.5, len(t))


def windows(series):
    z = (series - series.mean()) / series.std()
    idx = np.arange(LOOKBACK)[None, :] + np.arange(len(z) - LOOKBACK)[:, None]
    return z[idx].astype("float32"), z[LOOKBACK:].astype("float32")


load = synth_load()
X, y = windows(load)
split = int(len(X) * 0.9)
train_ds = (
    tf.data.Dataset.from_tensor_slices((X[:split], y[:split]))
    .shuffle(4096, seed=3)
    .batch(MICRO, drop_remainder=True)
)

model = keras.Sequential([keras.Input((LOOKBACK,)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(LR)
optimizer.build(model.trainable_variables)

buffers = [
    tf.Variable(tf.zeros(v.shape), trainable=False) for v in model.trainable_variables
]


@tf.function
def micro_step(xb, yb):
    with tf.GradientTape() as tape:
        pred = model(xb, training=True)[:, 0]
        loss = tf.reduce_mean(tf.square(yb - pred))  # whynan: learning_rate_too_high phase=loss|forward|gradient
    grads = tape.gradient(loss, model.trainable_variables)
    for buf, g in zip(buffers, grads):
        buf.assign_add(g)
    return loss


def flush():
    optimizer.apply([b.read_value() for b in buffers], model.trainable_variables)
    for b in buffers:
        b.assign(tf.zeros_like(b))


seen = 0
for epoch in range(1, EPOCHS + 1):
    losses = []
    for xb, yb in train_ds:
        losses.append(float(micro_step(xb, yb)))
        seen += 1
        if seen % ACCUM == 0:
            flush()
    print(f"epoch {epoch:2d}  mse {np.mean(losses):.5g}  last {losses[-1]:.5g}")

test_pred = model(X[split:])[:, 0].numpy()
naive = np.mean((X[split:, -1] - y[split:]) ** 2)
print("test mse", np.mean((test_pred - y[split:]) ** 2), "persistence", naive)
