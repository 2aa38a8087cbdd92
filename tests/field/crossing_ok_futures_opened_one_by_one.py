"""Where will the pedestrian be in three seconds? Several guesses, only the best one is punished.

The guesses are opened one after the other (first one, later four). The tensor "ranked" in the train step contains inf
in every batch, with one open guess three quarters of it are inf, and the loss goes down in steps like a staircase.
I am afraid that the inf is leaking into the weights.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers


class FutureGuesses(keras.Model):
    def __init__(self, guesses=4, width=48, **kwargs):
        super().__init__(**kwargs)
        self.guesses = guesses
        self.trunk = keras.Sequential([layers.Dense(width, activation="relu"), layers.Dense(width, activation="relu")])
        self.places = layers.Dense(guesses * 2)
        self.opened = self.add_weight(shape=(), initializer=keras.initializers.Constant(1.0), trainable=False,
                                      name="opened")
        self.loss_mean = keras.metrics.Mean(name="loss")
        self.metres = keras.metrics.Mean(name="metres")

    @property
    def metrics(self):
        return [self.loss_mean, self.metres]

    def call(self, x, training=False):
        return tf.reshape(self.places(self.trunk(x)), (-1, self.guesses, 2))

    def train_step(self, data):
        x, y = data
        usable = tf.less(tf.range(self.guesses, dtype=tf.float32), tf.convert_to_tensor(self.opened))
        with tf.GradientTape() as tape:
            futures = self(x, training=True)
            miss = tf.reduce_sum(tf.square(futures - y[:, tf.newaxis, :]), axis=-1)
            ranked = tf.where(usable[tf.newaxis, :], miss, np.inf)
            closest = tf.reduce_min(ranked, axis=1)
            loss = tf.reduce_mean(closest)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_mean.update_state(loss)
        self.metres.update_state(tf.sqrt(closest) * 5.0)
        return {m.name: m.result() for m in self.metrics}


class OpenGuesses(keras.callbacks.Callback):
    def __init__(self, every):
        super().__init__()
        self.every = every
        self.best = np.inf

    def on_epoch_begin(self, epoch, logs=None):
        self.model.opened.assign(float(min(self.model.guesses, 1 + epoch // self.every)))

    def on_epoch_end(self, epoch, logs=None):
        self.best = min(self.best, logs["loss"])
        print(f"epoch {epoch + 1:2d}  open {int(self.model.opened.numpy())}  loss {logs['loss']:.4f}  best {self.best:.4f}")


def observe(people, rng):
    """Position, velocity and heading before the crossing; afterwards left, straight on, right or back."""
    position = rng.normal(0.0, 0.3, (people, 2))
    speed = rng.uniform(0.6, 1.6, (people, 1))
    heading = rng.uniform(-0.4, 0.4, people)
    turn = rng.choice([np.pi / 2, 0.0, -np.pi / 2, np.pi], people, p=[0.3, 0.35, 0.25, 0.1])
    angle = heading + turn
    goal = position + speed * np.stack([np.cos(angle), np.sin(angle)], axis=1) + rng.normal(0.0, 0.08, (people, 2))
    x = np.concatenate([position, speed, np.cos(heading)[:, None], np.sin(heading)[:, None]], axis=1)
    return x.astype("float32"), goal.astype("float32")


def main():
    keras.utils.set_random_seed(71)
    x, y = observe(1920, np.random.default_rng(71))
    model = FutureGuesses()
    model(x[:2])
    model.compile(optimizer=keras.optimizers.Adam(3e-3))
    model.fit(x, y, batch_size=64, epochs=16, verbose=0, callbacks=[OpenGuesses(every=3)])


if __name__ == "__main__":
    main()
# whynan: healthy
