"""Calibration of a small drinking water network: six tanks joined by pipes, Hazen-Williams flow between them, the
hourly demand of each tank from a network of the hour. Unknown are the pipe coefficients, the demand model and the
common filling level on the evening before the record starts. The first loss is fine, the second is nan."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(60)
TANKS, HOURS = 6, 36
PIPES = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (1, 4)]
SRC = tf.constant([a for a, _ in PIPES])
DST = tf.constant([b for _, b in PIPES])
SUPPLY = tf.constant([4.5, 0.0, 0.0, 1.5, 0.0, 0.0])
AREA = 9.0


class Network(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.demand = keras.Sequential([
            keras.Input((2,)),
            keras.layers.Dense(12, activation="tanh"),
            keras.layers.Dense(TANKS, activation="softplus"),
        ])
        self.log_coefficient = self.add_weight(shape=(len(PIPES),), initializer="zeros", name="log_coefficient")
        self.level = self.add_weight(shape=(), initializer=keras.initializers.Constant(10.0), name="level")

    def call(self, clock):
        need = self.demand(clock)
        coefficient = tf.exp(tf.convert_to_tensor(self.log_coefficient))
        heads = tf.convert_to_tensor(self.level) + tf.zeros([TANKS])
        record = tf.TensorArray(tf.float32, size=HOURS, element_shape=[TANKS])

        def hour(t, heads, record):
            drop = tf.gather(heads, SRC) - tf.gather(heads, DST)
            flow = coefficient * tf.sign(drop) * tf.pow(tf.abs(drop), 0.54)  # whynan: pow_grad_at_zero phase=gradient
            arriving = tf.math.unsorted_segment_sum(flow, DST, TANKS)
            leaving = tf.math.unsorted_segment_sum(flow, SRC, TANKS)
            heads = heads + (SUPPLY - need[t] + arriving - leaving) / AREA
            return t + 1, heads, record.write(t, heads)

        _, _, record = tf.while_loop(lambda t, *_: t < HOURS, hour, (tf.constant(0), heads, record))
        return record.stack()


def clock_features():
    hour = np.arange(HOURS) % 24
    return np.stack([np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24)], axis=1).astype("float32")


def measured(seed=60):
    rng = np.random.default_rng(seed)
    base = rng.uniform(0.6, 1.4, TANKS)
    heads, rows = np.full(TANKS, 12.5), []
    coefficient = rng.uniform(0.5, 1.1, len(PIPES))
    for clock in clock_features():
        need = base * (1.0 + 0.4 * clock[0])
        net = SUPPLY.numpy() - need
        for k, (a, b) in enumerate(PIPES):
            drop = heads[a] - heads[b]
            flow = coefficient[k] * np.sign(drop) * abs(drop) ** 0.54
            net[a] -= flow
            net[b] += flow
        heads = heads + net / AREA
        rows.append(heads)
    return (np.array(rows) + rng.normal(0, 0.02, (HOURS, TANKS))).astype("float32")


network = Network()
clock, gauges = tf.constant(clock_features()), tf.constant(measured())
optimizer = keras.optimizers.Adam(0.02)
network(clock)
optimizer.build(network.trainable_variables)


@tf.function
def calibrate(clock, gauges):
    with tf.GradientTape() as tape:
        error = network(clock) - gauges
        loss = tf.reduce_mean(tf.square(error))
    grads = tape.gradient(loss, network.trainable_variables)
    grads = [tf.clip_by_norm(g, 1.0) for g in grads]
    optimizer.apply_gradients(zip(grads, network.trainable_variables))
    return loss


for step in range(80):
    loss = calibrate(clock, gauges)
    if step < 3 or step % 20 == 0:
        print(f"step {step:3d}: mean squared head error {float(loss):.4f} m2, evening level {float(network.level.value):.2f} m")
