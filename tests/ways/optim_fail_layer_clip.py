"""Clip the gradient of every layer to unit norm."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(114)


class Clipped(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        clipped = []
        for g in grads:
            norm = tf.sqrt(tf.reduce_sum(g * g))
            direction = g / norm  # whynan: divide_by_zero phase=gradient|update
            clipped.append(direction * tf.minimum(norm, 1.0))
        self.optimizer.apply(clipped, self.trainable_variables)
        self._loss_tracker.update_state(loss)
        return {"loss": self._loss_tracker.result()}


inp = keras.Input((6,))
h = layers.Dense(10, activation="tanh")(inp)
gate = layers.Dense(10, activation="hard_sigmoid", bias_initializer=keras.initializers.Constant(-9.0), name="gate")(inp)   # starts closed
out = layers.Dense(1)(layers.Add()([h, layers.Multiply()([h, gate])]))
model = Clipped(inp, out)
model.compile("sgd", "mse")

x = np.random.normal(size=(160, 6)).astype("float32")
y = np.sin(x[:, :1])
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
