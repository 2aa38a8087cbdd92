"""Minutes that a team has left on the clock of an escape room, from the hints it asked for.

The games are in the order in which they were played. The first season trains without any trouble, in the second
season the loss turns to nan. Padded hints are masked (I multiply them to zero and there is a Masking layer).
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SEASON_ONE, SEASON_TWO = 256, 256
HINTS_SEASON_ONE = 6
BATCH = 32


def play(rng, hints):
    """Times (minutes since the door closed) and kinds (1 nudge, 2 clue, 3 solution) of the hints of one game."""
    skill = rng.uniform(0.0, 1.0)
    times = np.cumsum(rng.uniform(2.0, 5.0 + 3.0 * skill, hints))
    kinds = 1 + rng.binomial(2, 1.0 - skill, hints)
    left = 4.0 + 22.0 * skill - 0.8 * np.sum(kinds == 3) + rng.normal(0.0, 1.5)
    return times.astype("float32"), kinds.astype("int32"), np.float32(np.clip(left, 0.0, 40.0))


def games(seed=31):
    rng = np.random.default_rng(seed)
    for _ in range(SEASON_ONE):             # the game master came in with exactly six hints
        yield play(rng, HINTS_SEASON_ONE)
    for _ in range(SEASON_TWO):             # hints on demand
        yield play(rng, int(rng.integers(2, 9)))


def hint_steps(times, kinds, left):
    asked = tf.cast(kinds > 0, tf.float32)
    before = tf.pad(times[:, :-1], [[0, 0], [1, 0]])
    gaps = tf.math.log1p(times - before)  # whynan: log_of_negative phase=data also=nan_in_input,nan_mask_mismatch
    steps = tf.stack([gaps, times / 60.0, tf.cast(kinds, tf.float32) / 3.0], axis=-1)
    return steps * asked[..., tf.newaxis], left


def pipeline():
    signature = (
        tf.TensorSpec((None,), tf.float32),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((), tf.float32),
    )
    return (
        tf.data.Dataset.from_generator(games, output_signature=signature)
        .padded_batch(BATCH, padded_shapes=([None], [None], []), drop_remainder=True)
        .map(hint_steps, num_parallel_calls=2)
        .prefetch(2)
    )


def build(units=16):
    steps = keras.Input((None, 3), name="hints")
    x = layers.Masking(mask_value=0.0)(steps)
    x = layers.GRU(units)(x)
    x = layers.Dense(12, activation="tanh")(x)
    left = layers.Dense(1, bias_initializer=keras.initializers.Constant(14.0), name="left")(x)
    return keras.Model(steps, left)


class BatchLog(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch % 4 == 0:
            print(f"  batch {batch:2d} loss {logs['loss']:.4f}")


if __name__ == "__main__":
    keras.utils.set_random_seed(7)
    model = build()
    model.compile(optimizer=keras.optimizers.RMSprop(2e-3, clipvalue=0.5), loss="mean_squared_error")
    model.fit(pipeline(), epochs=3, verbose=2, callbacks=[BatchLog()])
