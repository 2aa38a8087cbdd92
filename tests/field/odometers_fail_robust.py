"""Correct wheel odometry (dx, dy per 0.5 s) with a small net.

Some of the reference poses are wrong (GPS multipath), so the residuals go through
the general robust loss of Barron (CVPR 2019); the shape is moved from Charbonnier
towards Geman-McClure while training, as in graduated non-convexity.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)
EPOCHS = 9


def simulate_drives(n):
    rng = np.random.default_rng(41)
    left = rng.uniform(0.1, 1.2, n)
    right = left + rng.normal(0, 0.12, n)
    slip = np.clip(rng.normal(0.03, 0.02, n), 0, None)
    load = rng.uniform(0, 1, n)
    yaw_rate = (right - left) / 0.42 + rng.normal(0, 0.01, n)
    dist = 0.5 * (left + right) * (1 - slip) * (1 - 0.04 * load)
    theta = yaw_rate * 0.5
    target = np.stack([dist * np.cos(theta), dist * np.sin(theta)], axis=1)
    target += rng.normal(0, 0.01, target.shape)
    multipath = rng.random(n) < 0.05
    target[multipath] += rng.normal(0, 2.0, (multipath.sum(), 2))
    feats = np.stack([left, right, slip * 10, load, yaw_rate], axis=1)
    return feats.astype("float32"), target.astype("float32")


class GeneralRobustLoss(keras.losses.Loss):
    def __init__(self, shape=1.0, scale=0.1, name="robust"):
        super().__init__(name=name)
        self.shape = tf.Variable(shape, trainable=False, dtype=tf.float32)
        self.scale = scale

    def call(self, y_true, y_pred):
        sq = tf.square((y_true - y_pred) / self.scale)
        b = tf.abs(self.shape - 2.0)
        rho = (b / self.shape) * (tf.pow(sq / b + 1.0, self.shape / 2.0) - 1.0)  # whynan: divide_by_zero phase=loss
        return tf.reduce_mean(rho, axis=-1)


class Graduate(keras.callbacks.Callback):
    """Moves the shape of the loss, one value per epoch."""

    def __init__(self, loss, first, last, epochs):
        super().__init__()
        self.loss = loss
        self.values = np.linspace(first, last, epochs)

    def on_epoch_begin(self, epoch, logs=None):
        self.loss.shape.assign(self.values[epoch])

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        print(f"epoch {epoch}  shape {self.values[epoch]:+.2f}  loss {logs['loss']:.4f}  mae {logs['mae']:.4f}")


def build_net(norm):
    inp = keras.Input((5,))
    h = norm(inp)
    h = keras.layers.Dense(48, activation="gelu")(h)
    h = keras.layers.Dense(48, activation="gelu")(h)
    return keras.Model(inp, keras.layers.Dense(2)(h))


def main():
    x, y = simulate_drives(3000)
    cut = 2600
    norm = keras.layers.Normalization()
    norm.adapt(x[:cut])

    net = build_net(norm)
    loss = GeneralRobustLoss(scale=0.1)
    net.compile(optimizer=keras.optimizers.Adam(2e-3), loss=loss, metrics=["mae"])
    net.fit(
        x[:cut],
        y[:cut],
        epochs=EPOCHS,
        batch_size=64,
        verbose=0,
        callbacks=[Graduate(loss, 1.0, -1.0, EPOCHS)],
    )
    pred = net.predict(x[cut:], verbose=0)
    err = np.linalg.norm(pred - y[cut:], axis=1)
    print("median position error per step [m]:", np.median(err))


if __name__ == "__main__":
    main()
