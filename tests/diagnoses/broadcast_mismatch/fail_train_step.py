# whynan: unstable cause=broadcast_mismatch
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)


class Regressor(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(1, kernel_initializer="zeros")

    def call(self, x):
        return self.out(self.hidden(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(self(x, training=True), y))
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"squared": loss}


rng = np.random.default_rng(5)
x = rng.normal(size=(640, 6)).astype("float32")
y = (np.sin(x[:, 0]) + 0.5 * x[:, 1]).astype("float32")
model = Regressor()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(tf.data.Dataset.from_tensor_slices((x, y - y.mean())).batch(64), epochs=12, verbose=2)
