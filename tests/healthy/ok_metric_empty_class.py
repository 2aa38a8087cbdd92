# whynan: side_nonfinite
"""Own precision metric: nothing is predicted positive at first, so it is 0/0."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(7)


def precision(y_true, y_pred):
    hit = tf.cast(y_pred > 0.5, tf.float32)
    return tf.reduce_sum(hit * tf.cast(y_true, tf.float32)) / tf.reduce_sum(hit)


x = np.random.normal(size=(320, 6)).astype("float32")
y = (x[:, :1] > 1.6).astype("float32")
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(-3.0)),
])
model.compile("adam", "binary_crossentropy", metrics=[precision])
model.fit(x, y, epochs=3, batch_size=32, verbose=2)
