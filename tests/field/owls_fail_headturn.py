import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(58)

# Tawny owls in the flight tunnel: the yaw from the head-mounted tag is compared with the yaw
# digitised from the overhead camera. The tag has a small roll/pitch dependent offset.


def simulate(n=1536, seed=58):
    rng = np.random.default_rng(seed)
    yaw_tag = rng.uniform(-np.pi, np.pi, n)
    pitch = rng.normal(0, 0.3, n)
    roll = rng.normal(0, 0.2, n)
    yaw_cam = yaw_tag + 0.04 + 0.10 * pitch - 0.07 * roll + rng.normal(0, 0.025, n)
    yaw_cam = (yaw_cam + np.pi) % (2 * np.pi) - np.pi
    x = np.stack([yaw_tag, pitch, roll], axis=1).astype("float32")
    return x, yaw_cam[:, None].astype("float32")


class HeadTurn(keras.Model):
    """Circular regression: y ~ VonMises(tag yaw + offset(pitch, roll), kappa)."""

    def __init__(self):
        super().__init__()
        self.offset = keras.layers.Dense(1, kernel_initializer="zeros", name="offset")
        self.log_kappa = self.add_weight(shape=(), initializer="zeros", name="log_kappa")
        self.nll_tracker = keras.metrics.Mean(name="nll")
        self.deg_tracker = keras.metrics.Mean(name="abs_deg")

    @property
    def metrics(self):
        return [self.nll_tracker, self.deg_tracker]

    def call(self, x):
        return x[:, :1] + self.offset(x[:, 1:])

    def von_mises_nll(self, y, mu):
        kappa = tf.exp(self.log_kappa)
        log_norm = tf.math.log(tf.math.bessel_i0(kappa)) + float(np.log(2 * np.pi))  # whynan: exp_overflow phase=forward|loss also=special_function_domain
        return tf.reduce_mean(log_norm - kappa * tf.cos(y - mu))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            mu = self(x, training=True)
            loss = self.von_mises_nll(y, mu)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        diff = tf.math.floormod(y - mu + np.pi, 2 * np.pi) - np.pi
        self.nll_tracker.update_state(loss)
        self.deg_tracker.update_state(tf.reduce_mean(tf.abs(diff)) * 180 / np.pi)
        return {m.name: m.result() for m in self.metrics}


if __name__ == "__main__":
    x, y = simulate()
    model = HeadTurn()
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    model.fit(x, y, batch_size=32, epochs=24, verbose=2)
    print("kappa =", float(np.exp(model.log_kappa.numpy())))
    print("offset weights:", model.offset.get_weights())
