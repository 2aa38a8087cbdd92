import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
CLASSES = 4
prototypes = tf.eye(CLASSES)            # one axis of the sphere for each class
y = rng.integers(0, CLASSES, 256)
x = np.maximum(rng.normal(size=(256, 10)), 0).astype("float32")
x[np.arange(256), y] += 2.0


class PrototypeAngle(keras.losses.Loss):
    def call(self, labels, z):
        target = tf.gather(prototypes, tf.cast(tf.reshape(labels, [-1]), tf.int32))
        cos = tf.reduce_sum(target * z, axis=1)
        return tf.square(tf.acos(cos)) + 0.1 * tf.acos(cos)  # whynan: acos_grad_at_one phase=gradient


enc = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(CLASSES, activation="relu", bias_initializer=keras.initializers.Constant(0.5)),
    keras.layers.UnitNormalization(),
])
enc.compile(optimizer=keras.optimizers.Adam(5e-3), loss=PrototypeAngle())
for epoch in range(6):
    h = enc.fit(x, y, batch_size=64, verbose=0)
    print(epoch, h.history["loss"][0])
