"""Surface normals from shading, angular error as training loss."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

n = 400
normals = rng.normal(size=(n, 3)) * [0.3, 0.3, 0.0] + [0, 0, 1]
flat = rng.random(n) < 0.2
normals[flat] = [0.0, 0.0, 1.0]
normals = (normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype("float32")
lights = np.array([[0.5, 0, 0.8], [-0.5, 0, 0.8], [0, 0.5, 0.8], [0, -0.5, 0.8]], "float32")
shading = np.maximum(normals @ lights.T, 0)


def mean_angular_error(n_true, n_pred):
    cosine = tf.reduce_sum(n_true * n_pred, axis=-1)
    cosine = tf.clip_by_value(cosine, -1.0, 1.0)
    return tf.reduce_mean(tf.acos(cosine))  # whynan: clip_misuse phase=gradient also=acos_grad_at_one


inp = keras.Input((4,))
h = keras.layers.Dense(32, activation="relu")(inp)
slope = keras.layers.Dense(3, kernel_initializer="zeros",
                           bias_initializer=keras.initializers.Constant([0.0, 0.0, 1.0]))(h)
unit = keras.layers.Lambda(lambda v: v / tf.norm(v, axis=-1, keepdims=True))(slope)
model = keras.Model(inp, unit)
model.compile(keras.optimizers.Adam(1e-3), loss=mean_angular_error)
for i in range(2):
    print(model.train_on_batch(shading[:64], normals[:64]))
print("bias", model.layers[2].get_weights()[1])
