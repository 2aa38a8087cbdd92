"""Diffusion model for ship hull sections: half breadths at 24 heights, x0-parameterisation."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(404)

HEIGHTS = 24
T = 60


def make_sections(n):
    """Half breadth over beam at equally spaced waterlines, from V to U shapes."""
    r = np.random.default_rng(404)
    h = np.linspace(0.02, 1.0, HEIGHTS)
    fullness = r.uniform(0.15, 1.1, (n, 1))
    flare = r.normal(0.0, 0.08, (n, 1))
    breadth = r.uniform(0.6, 1.0, (n, 1)) * (h ** fullness + flare * h ** 3)
    return (2.0 * breadth - 1.0 + r.normal(0, 0.005, (n, HEIGHTS))).astype("float32")


class NoiseSchedule:
    """alpha_bar[0] is the clean section, alpha_bar[T] is (nearly) pure noise"""

    def __init__(self, steps, lo=1e-3, hi=0.15):
        betas = np.concatenate([[0.0], np.linspace(lo, hi, steps)])
        self.betas = betas.astype("float32")
        self.alpha_bar = tf.constant(np.cumprod(1.0 - betas), tf.float32)


def build_net():
    inp = keras.Input((HEIGHTS + 2,))
    h = layers.Dense(96, activation="silu")(inp)
    h = layers.Add()([h, layers.Dense(96, activation="silu")(h)])
    h = layers.LayerNormalization()(h)
    return keras.Model(inp, layers.Dense(HEIGHTS)(h))


class HullDiffusion(keras.Model):
    def __init__(self, schedule):
        super().__init__()
        self.schedule = schedule
        self.net = build_net()
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def predict_clean(self, xt, t):
        phase = ops.cast(t, "float32")[:, None] / T
        return self.net(ops.concatenate([xt, phase, ops.cos(np.pi * phase)], axis=-1))

    def train_step(self, data):
        x0 = data[0] if isinstance(data, (tuple, list)) else data
        n = tf.shape(x0)[0]
        t = tf.random.uniform((n,), minval=0, maxval=T + 1, dtype=tf.int32)
        ab = tf.gather(self.schedule.alpha_bar, t)[:, None]
        eps = tf.random.normal(tf.shape(x0))
        xt = tf.sqrt(ab) * x0 + tf.sqrt(1.0 - ab) * eps
        with tf.GradientTape() as tape:
            x0_hat = self.predict_clean(xt, t)
            # same objective as predicting eps: weight by the signal-to-noise ratio
            snr = ab / (1.0 - ab)  # whynan: divide_by_zero phase=loss|forward
            loss = tf.reduce_mean(snr * tf.square(x0 - x0_hat))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    def sample(self, n):
        ab, betas = self.schedule.alpha_bar.numpy(), self.schedule.betas
        x = np.random.normal(size=(n, HEIGHTS)).astype("float32")
        for t in range(T, 0, -1):
            clean = np.array(self.predict_clean(x, np.full(n, t)))
            mean = (np.sqrt(ab[t - 1]) * betas[t] * clean
                    + np.sqrt(1 - betas[t]) * (1 - ab[t - 1]) * x) / (1 - ab[t])
            x = mean + (np.sqrt(betas[t]) * np.random.normal(size=x.shape) if t > 1 else 0.0)
            x = x.astype("float32")
        return x


sections = make_sections(2000)
model = HullDiffusion(NoiseSchedule(T))
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(sections, batch_size=128, epochs=12, verbose=2)

new = model.sample(16)
print("mean section area  data %.3f  generated %.3f" % (sections.mean(), new.mean()))
