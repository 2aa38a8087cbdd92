import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(4)


class Ratings(keras.Model):
    """The training step is compiled by the user, and compiled again by Keras."""

    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="relu")
        self.out = keras.layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.out(self.hidden(x))

    @tf.function
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = -tf.reduce_mean(y * tf.math.log(p) + (1.0 - y) * tf.math.log(1.0 - p))  # whynan: log_of_zero phase=loss|forward
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        return {"loss": loss}


rng = np.random.default_rng(4)
x = rng.normal(size=(256, 5)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
x[200] *= 4000.0
model = Ratings()
model.compile(optimizer=keras.optimizers.Adam(1e-2))
model.fit(x, y, batch_size=32, epochs=3, shuffle=False, verbose=2)
