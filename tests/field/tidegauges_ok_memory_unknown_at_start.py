"""Next reading of sixteen tide gauges that report in chunks of twelve, training goes along with the live feed.

When a gauge is taken to another harbour nobody knows its memory, so the row of the memory is nan (I wanted to be sure that
nobody uses the old one by mistake). The array of memories that goes into the training function is therefore full of nan at
first and has nan rows ever after.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

GAUGES, CHUNK, UNITS = 16, 12, 24


class HarbourFeed:
    """Level of the water every half hour. Each gauge stays three to eight chunks in one harbour."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.chunks_left = np.zeros(GAUGES, dtype=int)
        self.clock = np.zeros(GAUGES)
        self.height = np.ones(GAUGES)
        self.phase = np.zeros(GAUGES)

    def next_chunk(self):
        moved = self.chunks_left == 0
        for gauge in np.flatnonzero(moved):
            self.chunks_left[gauge] = self.rng.integers(3, 9)
            self.clock[gauge] = 0.0
            self.height[gauge] = self.rng.uniform(0.6, 1.4)
            self.phase[gauge] = self.rng.uniform(0.0, 2.0 * np.pi)
        when = self.clock[:, None] + np.arange(CHUNK + 1)
        turn = 2.0 * np.pi * when / 24.8 + self.phase[:, None]
        level = self.height[:, None] * (np.sin(turn) + 0.25 * np.sin(2.0 * turn))
        level = (level + 0.03 * self.rng.normal(size=level.shape)).astype("float32")
        self.clock += CHUNK
        self.chunks_left -= 1
        return level[:, :-1, None], level[:, 1:], moved, self.chunks_left == 0


class Forecaster:
    def __init__(self):
        self.cell = layers.GRUCell(UNITS)
        self.cell.build((GAUGES, 1))
        self.head = layers.Dense(1)
        self.head.build((GAUGES, UNITS))
        self.parameters = self.cell.trainable_variables + self.head.trainable_variables

    def __call__(self, readings, moved, memory):
        memory = tf.where(moved[:, None], tf.zeros_like(memory), memory)
        forecasts = []
        for step in range(CHUNK):
            output, states = self.cell(readings[:, step], [memory])
            memory = states[0]
            forecasts.append(self.head(output)[:, 0])
        return tf.stack(forecasts, axis=1), memory


keras.utils.set_random_seed(20)
feed = HarbourFeed(seed=20)
forecaster = Forecaster()
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(forecaster.parameters)


@tf.function
def learn(readings, following, moved, memory):
    with tf.GradientTape() as tape:
        forecast, memory = forecaster(readings, moved, memory)
        loss = tf.reduce_mean(tf.square(forecast - following))
    gradients = tape.gradient(loss, forecaster.parameters)
    optimizer.apply_gradients(zip(gradients, forecaster.parameters))
    return loss, memory


memory = np.full((GAUGES, UNITS), np.nan, dtype="float32")
recent = []
for number in range(1, 241):
    readings, following, moved, leaving = feed.next_chunk()
    loss, carried = learn(
        tf.constant(readings), tf.constant(following), tf.constant(moved), tf.constant(memory)
    )
    memory = np.where(leaving[:, None], np.nan, carried.numpy()).astype("float32")
    recent.append(float(loss))
    if number % 30 == 0:
        unknown = int(np.isnan(memory).any(axis=1).sum())
        print(f"chunk {number:3d}  squared error {np.mean(recent[-30:]):.4f}  gauges without memory {unknown}")
