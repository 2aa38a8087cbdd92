"""Behaviour of GPS-tagged toucans (commuting / foraging) from 40-fix track pieces."""
import logging

import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 77
FIXES = 40
N_TRACKS = 720
# pieces that begin shortly before dusk: row -> fix at which the bird is in its hole
EVENING = {58: 22, 233: 17, 416: 25, 609: 19}

logger = logging.getLogger(__name__)


def simulate(n, rng, evening=()):
    behaviour = rng.integers(0, 2, n)
    xy = np.zeros((n, FIXES, 2))
    for i, b in enumerate(behaviour):
        spread = 0.15 if b == 0 else 1.1
        speed = rng.gamma(8, 0.05 if b == 0 else 0.02, FIXES)
        course = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, spread, FIXES))
        xy[i] = np.cumsum(np.stack([speed * np.cos(course), speed * np.sin(course)], 1), 0)
    xy += rng.normal(0, 0.008, xy.shape)
    for row, fix in dict(evening).items():
        # the tag repeats the last position while it has no sky view
        xy[row, fix:] = xy[row, fix]
    return xy.astype("float32"), behaviour.astype("float32")


class TrackFeatures(layers.Layer):
    """Learned smoothing of the displacements, then heading, turning and speed."""

    def __init__(self, width=5, **kwargs):
        super().__init__(**kwargs)
        self.smooth = layers.Conv1D(
            2, width, padding="same", use_bias=False,
            kernel_initializer=keras.initializers.RandomNormal(0.0, 0.3, seed=3))

    def build(self, shape):
        self.smooth.build((shape[0], shape[1] - 1, 2))

    def call(self, xy):
        moves = xy[:, 1:] - xy[:, :-1]
        moves = self.smooth(moves)
        heading = tf.atan2(moves[..., 1], moves[..., 0])  # whynan: atan2_grad_at_origin phase=gradient rows=58,233,416,609
        turn = heading[:, 1:] - heading[:, :-1]
        energy = tf.reduce_sum(tf.square(moves), axis=-1)[:, 1:]
        return tf.stack([tf.sin(turn), tf.cos(turn), energy], axis=-1)


def network():
    track = keras.Input((FIXES, 2), name="track_km")
    f = TrackFeatures(name="features")(track)
    f = layers.Conv1D(16, 5, activation="tanh")(f)
    f = layers.GlobalAveragePooling1D()(f)
    f = layers.Dense(16, activation="tanh")(f)
    out = layers.Dense(1, activation="sigmoid")(f)
    model = keras.Model(track, out)
    model.compile(
        optimizer=keras.optimizers.RMSprop(2e-3),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    return model


def main():
    logging.basicConfig(level=logging.INFO)
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    tracks, behaviour = simulate(N_TRACKS, rng, EVENING)
    held_tracks, held_behaviour = simulate(160, rng)
    logger.info("%d pieces, %.0f%% foraging", len(tracks), 100 * behaviour.mean())

    model = network()
    model.fit(
        tracks, behaviour,
        batch_size=24, epochs=5, verbose=2,
        validation_data=(held_tracks, held_behaviour),
    )
    loss, acc = model.evaluate(held_tracks, held_behaviour, verbose=0)
    logger.info("held out: loss %.3f accuracy %.3f", loss, acc)


if __name__ == "__main__":
    main()
