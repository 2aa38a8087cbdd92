"""Crop damage from what an insect trap caught in a night: a set of 0 to 10 detections, each with a few measures.
The pooling takes the maximum over the detections that exist; missing ones are set to minus infinity first. Many
nights catch nothing at all."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(66)
MOST = 10
MEASURES = ("length_mm", "wingbeat_hz", "brightness", "certainty")


class SetMax(keras.layers.Layer):
    def build(self, input_shape):
        self.nothing = self.add_weight(name="nothing", shape=(input_shape[0][-1],), initializer="zeros")

    def call(self, inputs):
        features, present = inputs
        masked = tf.where(present[..., tf.newaxis], features, -np.inf)
        largest = tf.reduce_max(masked, axis=1)
        return tf.where(tf.math.is_finite(largest), largest, tf.convert_to_tensor(self.nothing))


def nights(n, rng):
    count = np.where(rng.random(n) < 0.35, 0, rng.integers(1, MOST + 1, n))
    present = np.arange(MOST)[None, :] < count[:, None]
    detections = rng.normal(0, 1, (n, MOST, len(MEASURES)))
    harmful = (detections[..., 0] > 0.4) & (detections[..., 1] < 0.2) & present
    damage = 1.2 * harmful.any(axis=1) + 0.15 * harmful.sum(axis=1) + rng.normal(0, 0.1, n)
    detections[~present] = 0.0
    return detections.astype("float32"), present, damage.astype("float32")[:, None]


def build_model():
    detections = keras.Input((MOST, len(MEASURES)), name="detections")
    present = keras.Input((MOST,), dtype="bool", name="present")
    h = keras.layers.Dense(48, activation="relu")(detections)
    h = keras.layers.Dense(48)(h)
    pooled = SetMax(name="strongest")([h, present])
    h = keras.layers.Dense(24, activation="relu")(pooled)
    return keras.Model([detections, present], keras.layers.Dense(1)(h))


rng = np.random.default_rng(66)
detections, present, damage = nights(1500, rng)
print("nights without any catch:", int((~present.any(axis=1)).sum()))
model = build_model()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
model.fit([detections, present], damage, batch_size=50, epochs=12, validation_split=0.15, verbose=2)
