"""Physics-informed fit of a capacitor voltage in an RC circuit driven by a sine source."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

TAU = 0.4          # R * C in seconds
OMEGA = 3.0

# measured with a cheap scope: time in s, voltage in V
t_all = rng.uniform(0, 3, (1024, 1)).astype("float32")
gain = 1 / np.sqrt(1 + (OMEGA * TAU) ** 2)
lag = np.arctan(OMEGA * TAU)
clean = gain * np.sin(OMEGA * t_all - lag) + gain * np.sin(lag) * np.exp(-t_all / TAU)
u_all = (clean + rng.normal(0, 0.03, clean.shape)).astype("float32")


class SmoothedLoss(keras.metrics.Metric):
    """Exponentially smoothed training loss, carried over from epoch to epoch."""

    def __init__(self, rate=0.1, name="smooth_loss", **kw):
        super().__init__(name=name, **kw)
        self.rate = rate
        self.level = self.add_variable((), initializer="zeros", name="level")

    def update_state(self, value):
        self.level.assign_sub(self.rate * (value - self.level))

    def result(self):
        return keras.ops.convert_to_tensor(self.level)

    def reset_state(self):
        pass


class RCNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.smooth = SmoothedLoss()
        self.mean_fit = keras.metrics.Mean(name="fit")
        self.mean_phys = keras.metrics.Mean(name="physics")

    def call(self, t):
        return self.body(t / 1.5 - 1.0)

    def train_step(self, data):
        t, u_obs = data
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(t)
                u = self(t)
            du = inner.gradient(u, t)
            residual = TAU * du + u - tf.sin(OMEGA * t)
            fit = tf.reduce_mean(tf.square(u - u_obs))
            physics = tf.reduce_mean(tf.square(residual))
            loss = fit + 0.1 * physics
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.smooth.update_state(loss)
        self.mean_fit.update_state(fit)
        self.mean_phys.update_state(physics)
        return {"loss": loss, **{m.name: m.result() for m in (self.mean_fit, self.mean_phys, self.smooth)}}


net = RCNet()
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit(t_all, u_all, batch_size=32, epochs=40, verbose=2)  # whynan: side_nonfinite

grid = np.linspace(0, 3, 7, dtype="float32")[:, None]
for t, u in zip(grid[:, 0], net.predict(grid, verbose=0)[:, 0]):
    print(f"{t:4.1f} s  {u:+.3f} V")
