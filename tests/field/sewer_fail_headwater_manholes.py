"""Water level in the manholes of a small sewer network, five minutes ahead.

Graph convolution along the pipes, scaled with the square roots of the number of
pipes at both ends.  There is no manhole without a pipe (asserted below), the data are
standardised and have no gaps, and a plain Dense network on the same arrays learns fine.
With the graph layer the loss is nan from the first batch on.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)

# (upper manhole, lower manhole), 14 is the pumping station
PIPES = [(0, 3), (1, 3), (2, 4), (3, 5), (4, 5), (5, 8), (6, 7), (7, 8),
         (8, 11), (9, 10), (10, 11), (11, 13), (12, 13), (13, 14)]
MANHOLES = 15
LAGS = 3


def storms(minutes, rng):
    rain = np.zeros(minutes)
    for start in rng.integers(0, minutes - 40, 45):
        length = rng.integers(6, 36)
        rain[start:start + length] += rng.gamma(1.5, 0.8) * np.hanning(length)
    return rain


def simulate_levels(steps=1300, seed=12):
    rng = np.random.default_rng(seed)
    rain = storms(steps, rng)
    paved = rng.uniform(0.2, 1.0, MANHOLES)
    level = np.zeros((steps, MANHOLES))
    level[0] = 0.3
    for t in range(1, steps):
        inflow = np.zeros(MANHOLES)
        for upper, lower in PIPES:
            inflow[lower] += 0.25 * level[t - 1, upper]
        level[t] = 0.6 * level[t - 1] + 0.5 * inflow + 0.15 * paved * rain[t] + 0.03
        level[t] += rng.normal(0.0, 0.01, MANHOLES)
    return rain, level


def windows(rain, level):
    level = (level - level.mean()) / level.std()
    rain = (rain - rain.mean()) / rain.std()
    past = [level[lag:len(level) - LAGS + lag] for lag in range(LAGS)]
    wet = np.repeat(rain[LAGS - 1:-1, None], MANHOLES, axis=1)
    x = np.stack(past + [wet], axis=-1)
    return x.astype("float32"), level[LAGS:, :, None].astype("float32")


class PipeConv(keras.layers.Layer):
    """Own state plus what comes down the pipes."""

    def __init__(self, units, pipes, manholes, **kwargs):
        super().__init__(**kwargs)
        self.upper = np.array([a for a, _ in pipes])
        self.lower = np.array([b for _, b in pipes])
        self.manholes = manholes
        self.own = keras.layers.Dense(units)
        self.neighbours = keras.layers.Dense(units, use_bias=False)

    def pipe_weights(self):
        pipes = tf.ones([len(self.lower)])
        degree = tf.math.unsorted_segment_sum(pipes, self.lower, self.manholes)
        root = tf.math.rsqrt(degree)  # whynan: zero_degree_node phase=forward also=divide_by_zero
        return tf.gather(root, self.upper) * tf.gather(root, self.lower)

    def call(self, x):
        sent = tf.gather(x, self.upper, axis=1) * self.pipe_weights()[:, None]
        sent = tf.transpose(sent, (1, 0, 2))
        received = tf.math.unsorted_segment_sum(sent, self.lower, self.manholes)
        received = tf.transpose(received, (1, 0, 2))
        return tf.tanh(self.own(x) + self.neighbours(received))


def network():
    inputs = keras.Input((MANHOLES, LAGS + 1))
    x = PipeConv(24, PIPES, MANHOLES)(inputs)
    x = PipeConv(24, PIPES, MANHOLES)(x)
    return keras.Model(inputs, keras.layers.Dense(1)(x))


if __name__ == "__main__":
    touched = set(np.array(PIPES).ravel().tolist())
    assert touched == set(range(MANHOLES)), "a manhole is not connected"
    x, y = windows(*simulate_levels())
    assert np.isfinite(x).all() and np.isfinite(y).all()
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(2000, seed=9).batch(32)
    model = network()
    model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0), loss="mse")
    model.fit(data, epochs=3, verbose=2)
