"""Image retrieval head with generalised mean pooling."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(47)
rng = np.random.default_rng(47)
pictures = rng.normal(size=(160, 6, 6, 3)).astype("float32")
shop = rng.integers(0, 4, 160)
pictures[..., 0] += shop[:, None, None] * 0.5


class GeM(layers.Layer):
    def __init__(self, p=3.0):
        super().__init__()
        self.p = p

    def call(self, fmap):
        powered = tf.reduce_mean(fmap ** self.p, axis=[1, 2])
        return powered ** (1.0 / self.p)  # whynan: pow_grad_at_zero phase=gradient


model = keras.Sequential([
    keras.Input((6, 6, 3)),
    layers.Conv2D(24, 3, strides=2, activation="relu", bias_initializer=keras.initializers.Constant(-1.0)),
    GeM(),
    layers.Dense(4),
])
model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(pictures, shop, epochs=2, batch_size=32, verbose=2)
print("conv ok:", np.isfinite(model.layers[0].get_weights()[0]).all())
