# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)


class Compiled(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(x)

    @tf.function
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(x, training=True) - y))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"loss": loss}


rng = np.random.default_rng(5)
x = rng.normal(size=(256, 5)).astype("float32")
model = Compiled()
model.compile(optimizer=keras.optimizers.SGD(0.05))
model.fit(x, x.sum(axis=1, keepdims=True), epochs=5, verbose=2)
