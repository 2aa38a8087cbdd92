"""Height of the aurora from the shares of six photometer bands. On the old machine the script
was fine. On the new one we train with mixed precision, and the loss becomes nan within the first
passes, some time after a cloudy night was drawn. The layer has its epsilon, of course."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.mixed_precision.set_global_policy("mixed_float16")
keras.utils.set_random_seed(66)

BANDS_NM = (391.4, 427.8, 486.1, 557.7, 630.0, 844.6)
NUMERICS = {"epsilon": 1e-8, "clip_norm": 1.0, "rate": 0.02}


def nights(n=640, seed=2):
    rng = np.random.default_rng(seed)
    height = rng.uniform(95.0, 240.0, n)
    centre = np.array([100.0, 105.0, 130.0, 115.0, 220.0, 180.0])
    shape = np.exp(-((height[:, None] - centre) / 55.0) ** 2)
    brightness = rng.lognormal(-1.0, 0.7, (n, 1))
    cloudy = rng.random((n, 1)) < 0.06
    signal = np.where(cloudy, 0.0, brightness) * shape
    dark = 0.02
    reading = signal + dark + rng.normal(0.0, 0.001, signal.shape)
    reading = np.where(cloudy, dark - 0.004, reading)  # the shutter closes by itself
    above_dark = np.maximum(reading - dark, 0.0)
    return above_dark.astype("float32"), ((height - 165.0) / 40.0).astype("float32")


class BandShares(layers.Layer):
    def __init__(self, epsilon, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, bands):
        total = ops.sum(bands, axis=-1, keepdims=True)
        return bands / (total + self.epsilon)  # whynan: float16_epsilon_underflow phase=forward also=divide_by_zero


def build():
    bands = keras.Input((len(BANDS_NM),))
    shares = BandShares(NUMERICS["epsilon"], name="shares")(bands)
    h = layers.Dense(32, activation="tanh")(shares)
    h = layers.Dense(32, activation="tanh")(h)
    height = layers.Dense(1, dtype="float32", name="height")(h)
    return keras.Model(bands, height)


model = build()
optimizer = keras.optimizers.SGD(NUMERICS["rate"], momentum=0.9, clipnorm=NUMERICS["clip_norm"])


@tf.function
def train_step(bands, height):
    with tf.GradientTape() as tape:
        guess = tf.squeeze(model(bands, training=True), axis=-1)
        loss = tf.reduce_mean(tf.square(guess - height))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def main(epochs=4, batch=20):
    bands, height = nights()
    rng = np.random.default_rng(0)
    for epoch in range(epochs):
        order = rng.permutation(len(bands))
        total = 0.0
        for start in range(0, len(order), batch):
            take = order[start:start + batch]
            total += float(train_step(tf.constant(bands[take]), tf.constant(height[take])))
        print(f"epoch {epoch}: loss {total * batch / len(order):.4f}")


if __name__ == "__main__":
    main()
