"""State of a well (flowing / choked / shut in) from six downhole gauges, in kPa.

Small net in half precision with our own loss scaler; the training stack on the platform has none.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
rs = np.random.default_rng(3)
keras.config.set_dtype_policy("mixed_float16")


class Scaler:
    def __init__(self, start=2.0 ** 26, patience=60):
        self.value = start
        self.patience = patience
        self.good = 0
        self.skipped = 0

    def overflowed(self):
        self.value = max(self.value / 2, 1.0)
        self.good = 0
        self.skipped += 1

    def fine(self):
        self.good += 1
        if self.good == self.patience:
            self.value *= 2
            self.good = 0


def gauges(n):
    state = rs.integers(0, 3, n)
    reservoir = rs.uniform(38000, 56000, n)
    drop = np.array([0.09, 0.045, 0.004])[state] * rs.normal(1, 0.12, n)
    depth = np.arange(6)
    kpa = reservoir[:, None] * (1 - drop[:, None] * depth) + rs.normal(0, 250, (n, 6))
    return np.clip(kpa, 0, 58000).astype("float32"), state.astype("int32")


x, y = gauges(1920)
xv, yv = gauges(384)

inp = keras.Input((6,))
h = keras.layers.Rescaling(1e-4)(inp)
h = keras.layers.Dense(48, activation="relu")(h)
h = keras.layers.Dense(48, activation="relu")(h)
out = keras.layers.Dense(3, dtype="float32")(h)
model = keras.Model(inp, out)
opt = keras.optimizers.Adam(4e-3)


@tf.function
def backward(bx, by, scale):
    with tf.GradientTape() as tape:
        logits = model(bx, training=True)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=by, logits=logits)
        loss = tf.reduce_mean(ce)
        scaled = loss * scale
    grads = tape.gradient(scaled, model.trainable_variables)
    usable = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, [g / scale for g in grads], usable


scaler = Scaler()
best, wait = np.inf, 0
for epoch in range(15):
    perm = rs.permutation(len(x))
    running = 0.0
    for b in range(30):
        idx = perm[b * 64:(b + 1) * 64]
        loss, grads, usable = backward(tf.constant(x[idx]), tf.constant(y[idx]), tf.constant(scaler.value, tf.float32))
        running += float(loss)
        if not usable:
            scaler.overflowed()
            continue
        scaler.fine()
        opt.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
    acc = np.mean(model.predict(xv, verbose=0).argmax(1) == yv)
    print(f"{epoch:2d}  loss {running / 30:.4f}  val acc {acc:.3f}  scale 2^{np.log2(scaler.value):.0f}"
          f"  skipped {scaler.skipped}")
    if running < best - 0.05:
        best, wait = running, 0
    else:
        wait += 1
        if wait == 4:
            break
