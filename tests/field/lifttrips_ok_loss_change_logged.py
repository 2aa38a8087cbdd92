"""Waiting time class of a lift trip. I log how much the loss changes from batch to batch. In the first epoch this is inf, and I
do not trust the network that comes out of it."""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from keras import layers


class WatchedModel(keras.Model):
    """Classifier that reports the relative change of its loss between two batches."""

    def __init__(self, classes):
        super().__init__()
        self.h1 = layers.Dense(32, activation="relu")
        self.h2 = layers.Dense(32, activation="relu")
        self.out = layers.Dense(classes)
        self.loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean_loss = keras.metrics.Mean(name="entropy")
        self.mean_change = keras.metrics.Mean(name="loss_change")
        self.last_loss = self.add_weight(shape=(), initializer="zeros", trainable=False, name="last_loss")

    def call(self, x):
        return self.out(self.h2(self.h1(x)))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.loss_fn(y, self(x, training=True))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))

        previous = tf.convert_to_tensor(self.last_loss)
        change = (loss - previous) / previous
        self.last_loss.assign(loss)
        self.mean_change.update_state(change)
        self.mean_loss.update_state(loss)
        return {"entropy": self.mean_loss.result(), "loss_change": self.mean_change.result()}


def trips(n=1200):
    rng = np.random.default_rng(61)
    floor = rng.integers(0, 12, n)
    hour = rng.uniform(7, 19, n)
    waiting_people = rng.poisson(2 + 3 * np.exp(-0.5 * ((hour - 8.5) / 0.8) ** 2))
    service = rng.random(n) < 0.06
    seconds = 8 + 2.0 * np.abs(floor - 3) + 5.0 * waiting_people + 25.0 * service + rng.normal(0, 5, n)
    label = np.digitize(seconds, [20.0, 35.0])
    x = np.stack([(floor - 6) / 3.5, (hour - 13) / 3.5, waiting_people / 3.0, service], axis=1)
    return x.astype("float32"), label.astype("int32")


if __name__ == "__main__":
    keras.utils.set_random_seed(61)
    x, label = trips()
    model = WatchedModel(classes=3)
    model.compile(optimizer=keras.optimizers.Adam(3e-3))
    history = model.fit(x, label, batch_size=40, epochs=8, verbose=0)
    for entropy, change in zip(history.history["entropy"], history.history["loss_change"]):
        print(f"entropy {entropy:.4f}   mean change {change:+.4f}")
