"""Rating of racing pigeons from their own measures and from their best offspring (network over the pedigree).

Most birds have no offspring. The table "best" has -3.4e38 in their rows, and in the debugger I have also seen zeros
divided by zeros on the way back. Before the club relies on the ratings: does any of it end up in the weights?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

MEASURES = ("wing", "weight", "eye", "feather")


class Loft:
    def __init__(self, pigeons=160, seasons=72, seed=12):
        rng = np.random.default_rng(seed)
        self.pigeons = pigeons
        self.child = np.arange(1, pigeons)
        self.parent = np.array([rng.integers(max(0, bird - 12), bird) for bird in self.child])
        self.measures = rng.normal(size=(seasons, pigeons, len(MEASURES))).astype("float32")

        ability = self.measures @ np.array([0.8, -0.5, 0.3, 0.1])
        best = np.full((seasons, pigeons), -np.inf)
        np.maximum.at(best, (slice(None), self.parent), ability[:, self.child])
        best = np.where(np.isneginf(best), 0.0, best)
        rating = ability + 0.6 * best + 0.1 * rng.normal(size=ability.shape)
        self.rating = rating.astype("float32")


class BestOffspring(layers.Layer):
    """For each bird the largest message of its offspring, unit by unit."""

    def __init__(self, loft, units, **kwargs):
        super().__init__(**kwargs)
        self.child = loft.child
        self.parent = loft.parent
        self.pigeons = loft.pigeons
        self.childless = np.bincount(loft.parent, minlength=loft.pigeons) == 0
        self.message = layers.Dense(units)

    def call(self, birds):
        told = tf.gather(self.message(birds), self.child, axis=1)
        told = tf.transpose(told, (1, 0, 2))
        best = tf.math.unsorted_segment_max(told, self.parent, self.pigeons)
        best = tf.transpose(best, (1, 0, 2))
        return tf.where(self.childless[:, None], 0.0, best)


class Rating(keras.Model):
    def __init__(self, loft, units=16):
        super().__init__()
        self.look = layers.Dense(units, activation="relu")
        self.best = BestOffspring(loft, units)
        self.mix = layers.Dense(units, activation="relu")
        self.score = layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, measures):
        own = self.look(measures)
        both = tf.concat([own, self.best(own)], axis=-1)
        return tf.squeeze(self.score(self.mix(both)), axis=-1)

    def train_step(self, data):
        measures, rating = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(measures, training=True) - rating))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result(), "gradient_norm": tf.linalg.global_norm(gradients)}


keras.utils.set_random_seed(12)
loft = Loft()
without = loft.pigeons - len(np.unique(loft.parent))
print(f"{without} of {loft.pigeons} birds have no offspring")

model = Rating(loft)
model.compile(optimizer=keras.optimizers.Adam(5e-3), jit_compile=False)
model.fit(loft.measures, loft.rating, batch_size=6, epochs=12, verbose=2)
