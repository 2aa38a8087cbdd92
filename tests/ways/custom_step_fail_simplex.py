"""Unmixing spectra: the abundances of each endmember (columns) must be >= 0 and sum to one."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)


class Simplex(keras.constraints.Constraint):
    def __call__(self, w):
        w = tf.nn.relu(w)
        return w / tf.reduce_sum(w, axis=0, keepdims=True)  # whynan: divide_by_zero phase=update


true_mix = np.random.dirichlet(np.ones(4), size=6).T.astype("float32")
endmembers = np.random.uniform(0, 1, size=(128, 4)).astype("float32")
spectra = endmembers @ true_mix + 0.01 * np.random.normal(size=(128, 6)).astype("float32")

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(6, use_bias=False, kernel_constraint=Simplex(), kernel_initializer=keras.initializers.RandomNormal(-0.1, 0.2, seed=1)),
])
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
model.fit(endmembers, spectra, epochs=3, batch_size=32, verbose=2)
print(model.get_weights()[0].sum(axis=0))
