# whynan: healthy
"""Policy: a parameter whose gradient is not finite is not touched in this step."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(21)


class Careful(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        grads = [tf.where(tf.math.is_finite(g), g, tf.zeros_like(g)) for g in grads]
        self.optimizer.apply(grads, self.trainable_variables)
        self._loss_tracker.update_state(loss)
        return {"loss": self._loss_tracker.result()}


inp = keras.Input((4,))
h = layers.Dense(12, activation="relu", use_bias=False)(inp)
size = layers.Lambda(lambda t: tf.sqrt(tf.reduce_sum(t * t, axis=-1, keepdims=True)))(h)
out = layers.Dense(1)(layers.Concatenate()([h, size]))
model = Careful(inp, out)
model.compile("adam", "mse")
x = np.random.normal(size=(160, 4)).astype("float32")
x[90] = 0.0
y = np.abs(x).sum(axis=1, keepdims=True)
model.fit(x, y, epochs=3, batch_size=32, verbose=2)
print([bool(np.isfinite(w).all()) for w in model.get_weights()])
