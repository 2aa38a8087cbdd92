"""Lymph node slides: a slide is positive if at least one of its tiles is (noisy-or over the tiles).

Works on the biopsy folder alone. With the resections added to the same folder the running loss turns to nan within
the first epoch. Gradient clipping is on, the logs have their epsilon, the learning rate is small.
"""
import collections

import keras
import numpy as np
import tensorflow as tf

EPS = 1e-8
FEATURES = 20

Slide = collections.namedtuple("Slide", "name tiles label")


# ------------------------------------------------------------------ cohort.py
class Cohort:
    def __init__(self, seed, n_slides=72, resection_every=6):
        self.rng = np.random.default_rng(seed)
        self.direction = self.rng.normal(size=FEATURES)
        self.direction /= np.linalg.norm(self.direction) + EPS
        self.slides = [self._slide(i, i % resection_every == resection_every - 1) for i in range(n_slides)]

    def _slide(self, number, resection):
        count = int(self.rng.integers(150, 230) if resection else self.rng.integers(9, 17))
        label = float(self.rng.random() < 0.45)
        tiles = self.rng.normal(0.0, 1.0, (count, FEATURES))
        if label:
            hot = max(1, int(0.1 * count))
            tiles[:hot] += 3.0 * self.direction
        self.rng.shuffle(tiles)
        prefix = "RES" if resection else "BX"
        return Slide(f"{prefix}{number:03d}", tiles.astype("float32"), label)

    def whiten(self):
        everything = np.concatenate([slide.tiles for slide in self.slides])
        mean, std = everything.mean(axis=0), everything.std(axis=0)
        self.slides = [s._replace(tiles=((s.tiles - mean) / (std + EPS)).astype("float32")) for s in self.slides]
        return self

    def __iter__(self):
        return iter(self.slides)


# ------------------------------------------------------------------ scorer.py
class TileScorer(keras.Model):
    def __init__(self, hidden=32, drop=0.1):
        super().__init__(name="tile_scorer")
        self.body = keras.Sequential([
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dropout(drop),
            keras.layers.Dense(hidden, activation="relu"),
        ])
        self.score = keras.layers.Dense(1, activation="sigmoid")

    def call(self, tiles, training=False):
        return tf.squeeze(self.score(self.body(tiles, training=training)), axis=-1)


def any_tile(probabilities):
    """1 - prod(1 - p): the probability that one of the independent tiles is tumour."""
    return 1.0 - tf.reduce_prod(1.0 - probabilities)


def slide_loss(label, probability):
    hit = label * tf.math.log(probability + EPS)
    miss = (1.0 - label) * tf.math.log(1.0 + EPS - probability)  # whynan: log_of_zero phase=loss also=clip_misuse
    return -(hit + miss)


# ------------------------------------------------------------------ train.py
class Runner:
    def __init__(self, scorer, rate=5e-4, max_norm=1.0):
        self.scorer = scorer
        self.optimizer = keras.optimizers.Adam(rate)
        self.max_norm = max_norm
        self.running = keras.metrics.Mean(name="slide_loss")
        scorer(tf.zeros((1, FEATURES)))
        self.optimizer.build(scorer.trainable_variables)

    @tf.function(input_signature=[tf.TensorSpec([None, FEATURES], tf.float32), tf.TensorSpec([], tf.float32)])
    def step(self, tiles, label):
        with tf.GradientTape() as tape:
            probability = any_tile(self.scorer(tiles, training=True))
            loss = slide_loss(label, probability)
        variables = self.scorer.trainable_variables
        gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, variables), self.max_norm)
        self.optimizer.apply_gradients(zip(gradients, variables))
        return loss, norm

    def epoch(self, number, cohort):
        self.running.reset_state()
        for slide in cohort:
            loss, norm = self.step(tf.constant(slide.tiles), tf.constant(slide.label))
            self.running.update_state(loss)
        print(f"epoch {number}: loss {float(self.running.result()):.4f} last |g| {float(norm):.3f}")


def main():
    keras.utils.set_random_seed(21)
    cohort = Cohort(seed=21).whiten()
    runner = Runner(TileScorer())
    for number in range(4):
        runner.epoch(number, cohort)


if __name__ == "__main__":
    main()
