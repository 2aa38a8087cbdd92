# I log the cosine between successive gradients. The column grad_cos is nan in the first epoch (there is
# no previous gradient in step 0), everything else is fine, the value is never used for the update.
# whynan: side_nonfinite
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(71)


class GradientWatcher:
    def __init__(self, n_params):
        self.previous = tf.Variable(tf.zeros([n_params]), trainable=False)

    def cosine(self, grads):
        flat = tf.concat([tf.reshape(g, [-1]) for g in grads], axis=0)
        prev = self.previous.read_value()
        cos = tf.reduce_sum(flat * prev) / (tf.norm(flat) * tf.norm(prev))
        self.previous.assign(flat)
        return cos


class WatchedModel(keras.Model):
    def watch(self):
        self.watcher = GradientWatcher(self.count_params())
        self.cos_metric = keras.metrics.Mean(name="grad_cos")
        self.mean_loss = keras.metrics.Mean(name="loss")
        return self

    @property
    def metrics(self):
        return [self.mean_loss, self.cos_metric]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.mean_loss.update_state(loss)
        self.cos_metric.update_state(self.watcher.cosine(grads))
        return {m.name: m.result() for m in self.metrics}


rng = np.random.default_rng(71)
x = rng.normal(size=(640, 8)).astype("float32")
y = (np.sin(x[:, :1]) + 0.3 * x[:, 1:2] ** 2).astype("float32")
inp = keras.Input((8,))
h = layers.Dense(24, activation="tanh")(inp)
model = WatchedModel(inp, layers.Dense(1)(h)).watch()
model.compile(keras.optimizers.Adam(5e-3), loss="mse")
model.fit(x, y, batch_size=64, epochs=5, verbose=2)
