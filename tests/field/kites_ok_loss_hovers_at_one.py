"""Pull on the line of a power kite from wind and steering; a quarter of the flights had no load cell on board.

The loss is 1.0 in the first step, it is still about 1 after thirty epochs, and in every fourth or fifth step it is exactly
0.0 with all gradients 0.0. Is something dead in here, or am I dividing by something that I should not divide by?
"""
import keras
import numpy as np
import tensorflow as tf

# whynan: healthy

keras.utils.set_random_seed(84)

FLIGHTS, ROWS = 28, 64
EPOCHS = 30


def flight_log(seed=84):
    """One batch is one flight. Flights without a load cell carry a zero in the column of the pull."""
    rng = np.random.default_rng(seed)
    shape = (FLIGHTS, ROWS)
    wind = np.clip(rng.normal(8.5, 1.5, (FLIGHTS, 1)) + rng.normal(0.0, 0.8, shape), 3.0, None)
    line = rng.uniform(60.0, 220.0, shape)
    elevation = np.deg2rad(rng.uniform(20.0, 65.0, shape))
    attack = np.deg2rad(rng.uniform(2.0, 12.0, shape))
    reel = rng.uniform(-0.5, 2.5, shape)
    apparent = np.maximum(wind * np.cos(elevation) - reel, 0.5)
    newton = 0.5 * 1.2 * 12.0 * apparent**2 * (0.25 + 5.0 * attack) + 0.8 * line + rng.normal(0.0, 12.0, shape)
    x = np.stack([wind, line, elevation, attack, reel], axis=-1)
    x = (x - x.mean(axis=(0, 1))) / x.std(axis=(0, 1))
    has_cell = np.ones(FLIGHTS, dtype="float32")
    has_cell[rng.permutation(FLIGHTS)[: FLIGHTS // 4]] = 0.0
    measured = np.repeat(has_cell[:, None], ROWS, axis=1)
    return x.astype("float32"), (newton * measured).astype("float32"), measured


class OwnSize(tf.Module):
    """How large the error usually is: a plain mean over the first batches, a moving average later."""

    def __init__(self, slowest=0.05):
        super().__init__()
        self.slowest = slowest
        self.batches = tf.Variable(0.0, trainable=False)
        self.value = tf.Variable(0.0, trainable=False)

    def update(self, error, count):
        counts = tf.cast(count > 0.0, tf.float32)
        self.batches.assign_add(counts)
        share = counts * tf.maximum(1.0 / tf.maximum(self.batches, 1.0), self.slowest)
        self.value.assign_add(share * (error - self.value))
        return tf.maximum(self.value.read_value(), 1e-6)


inputs = keras.Input((5,))
hidden = keras.layers.Dense(32, activation="silu")(inputs)
hidden = keras.layers.Dense(32, activation="silu")(hidden)
model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(model.trainable_variables)
size = OwnSize()


@tf.function
def step(x, pull, measured):
    with tf.GradientTape() as tape:
        miss = tf.square(model(x, training=True)[:, 0] - pull) * measured
        count = tf.reduce_sum(measured)
        error = tf.reduce_sum(miss) / tf.maximum(count, 1.0)
        # in units of its own usual size, so that the rate need not be tuned again for another kite
        loss = error / tf.stop_gradient(size.update(error, count))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss, tf.linalg.global_norm(gradients)


x, newton, measured = flight_log()
known = measured > 0.5
middle, spread = newton[known].mean(), newton[known].std()
pull = np.where(known, (newton - middle) / spread, 0.0).astype("float32")
order = np.random.default_rng(3)

for epoch in range(EPOCHS):
    losses, norms = [], []
    for flight in order.permutation(FLIGHTS):
        loss, norm = step(x[flight], pull[flight], measured[flight])
        losses.append(float(loss))
        norms.append(float(norm))
    losses = np.array(losses)
    guess = model(x.reshape(-1, 5)).numpy().reshape(FLIGHTS, ROWS) * spread + middle
    rmse = np.sqrt(np.mean((guess - newton)[known] ** 2))
    print(f"epoch {epoch:2d}  loss {losses[losses > 0].mean():.3f}  exactly zero: {(losses == 0).sum()}"
          f"  largest gradient {max(norms):.2f}  rmse {rmse:.0f} N")
