"""Prototype classifier on unnormalised embeddings, trained with mixed precision."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(33)
keras.mixed_precision.set_global_policy("mixed_float16")


class Prototypes(keras.layers.Layer):
    def __init__(self, classes):
        super().__init__()
        self.classes = classes

    def build(self, shape):
        self.centres = self.add_weight(shape=(self.classes, shape[-1]), initializer="glorot_uniform", name="centres")

    def call(self, x):
        diff = x[:, None, :] - self.centres[None]
        distance = tf.reduce_sum(diff * diff, axis=-1)  # whynan: float16_overflow phase=forward
        return -0.01 * distance


rng = np.random.default_rng(33)
label = rng.integers(0, 4, 200)
embedding = (rng.normal(size=(200, 256)) * 18 + 12 * label[:, None]).astype("float32")

inputs = keras.Input((256,))
logits = keras.layers.Activation("linear", dtype="float32")(Prototypes(4)(inputs))
model = keras.Model(inputs, logits)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(embedding, label, epochs=3, batch_size=25, verbose=2)
