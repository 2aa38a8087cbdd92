"""Learned motion of the load under a gantry crane (a pendulum of 9 m), one step of 0.1 s at a time.

The training loss is fine but the column "drift" in my table is inf in every line, so that the run shows up red in our
overview. The physics people ask me whether the network explodes.
"""
import keras
import numpy as np
import tensorflow as tf

# whynan: side_nonfinite

keras.utils.set_random_seed(64)

ROPE = 9.0
GRAVITY = 9.81
STEP = 0.1


def slope(state):
    angle, speed = state[..., 0], state[..., 1]
    return np.stack([speed, -GRAVITY / ROPE * np.sin(angle)], axis=-1)


def runge_kutta(state):
    a = slope(state)
    b = slope(state + 0.5 * STEP * a)
    c = slope(state + 0.5 * STEP * b)
    d = slope(state + STEP * c)
    return state + STEP / 6.0 * (a + 2 * b + 2 * c + d)


def recordings(n):
    rng = np.random.default_rng(22)
    state = np.stack([rng.uniform(-0.6, 0.6, n), rng.uniform(-0.6, 0.6, n)], axis=-1)
    return state.astype("float32"), (runge_kutta(state) - state).astype("float32")


def energy(state):
    """Joule per kilogram of load."""
    angle, speed = state[:, 0], state[:, 1]
    return 0.5 * (ROPE * speed) ** 2 + GRAVITY * ROPE * (1.0 - tf.cos(angle))


class Swing(keras.Model):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.first = keras.layers.Dense(32, activation="tanh")
        self.second = keras.layers.Dense(32, activation="tanh")
        self.out = keras.layers.Dense(2)

    def call(self, state):
        return self.out(self.second(self.first(state)))

    def advance(self, state):
        return state + self.size * self(state)


state, change = recordings(2400)
size = change.std(axis=0)
model = Swing(tf.constant(size))
model(state[:1])
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(model.trainable_variables)

# the five manoeuvres of the acceptance test: angle in rad, speed in rad/s
MANOEUVRES = tf.constant([[0.30, 0.00], [-0.15, 0.20], [0.00, 0.40], [0.00, 0.00], [0.50, -0.10]])


@tf.function
def learn(state, change):
    with tf.GradientTape() as tape:
        error = model(state, training=True) - change / model.size
        loss = tf.reduce_mean(tf.square(error))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


@tf.function
def drift_over(seconds):
    now = MANOEUVRES
    start = energy(now)
    for _ in tf.range(tf.cast(seconds / STEP, tf.int32)):
        now = model.advance(now)
    return tf.reduce_mean(tf.abs(energy(now) - start) / start)


pairs = tf.data.Dataset.from_tensor_slices((state, change)).shuffle(2400, seed=1).batch(60)
losses = keras.metrics.Mean()
drifts = keras.metrics.Mean()
for epoch in range(8):
    losses.reset_state()
    drifts.reset_state()
    for batch_state, batch_change in pairs:
        losses.update_state(learn(batch_state, batch_change))
    drifts.update_state(drift_over(tf.constant(6.0)))
    print(f"epoch {epoch + 1}  loss {float(losses.result()):.5f}  drift {float(drifts.result()):.3f}")
