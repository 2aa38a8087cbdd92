# "Adding Gradient Noise Improves Learning for Very Deep Networks" (Neelakantan 2015).
# Noise shall begin after a burn-in of 50 steps, before that it is multiplied with 0. Nan in step one.
import numpy as np
import keras
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(6)


class AnnealedNoise:
    def __init__(self, eta=0.01, gamma=0.55, burn_in=50):
        self.eta, self.gamma, self.burn_in = eta, gamma, burn_in

    def stddev(self, t):
        return tf.sqrt(self.eta / tf.pow(1.0 + t, self.gamma))  # whynan: pow_domain phase=gradient|update

    def __call__(self, grads, step):
        t = step - self.burn_in
        active = tf.cast(t >= 0, tf.float32)
        sigma = self.stddev(t)
        return [g + active * tf.random.normal(tf.shape(g), stddev=sigma) for g in grads]


class NoisyModel(keras.Model):
    noise = None

    def train_step(self, data):
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        grads = tape.gradient(loss, self.trainable_weights)
        if self.noise is not None:
            step = ops.cast(self.optimizer.iterations, "float32")
            grads = self.noise(grads, step)
        self.optimizer.apply_gradients(zip(grads, self.trainable_weights))
        for m in self.metrics:
            if m.name == "loss":
                m.update_state(loss)
            else:
                m.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


def spirals(n=600):
    rng = np.random.default_rng(6)
    r = np.sqrt(rng.random(n)) * 3
    side = rng.integers(0, 2, n)
    a = 1.5 * r + np.pi * side
    xy = np.stack([r * np.cos(a), r * np.sin(a)], 1) + rng.normal(0, 0.05, (n, 2))
    return xy.astype("float32"), side.astype("int32")


x, y = spirals()
inp = keras.Input((2,))
h = inp
for width in (24, 24, 24, 24):
    h = layers.Dense(width, activation="selu", kernel_initializer="lecun_normal")(h)
model = NoisyModel(inp, layers.Dense(2)(h))
model.noise = AnnealedNoise()
model.compile(keras.optimizers.Adam(2e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, batch_size=50, epochs=5, verbose=2)
