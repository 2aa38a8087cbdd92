"""Learn a chilled-water valve controller from three months of logs (advantage weighted regression, Beta policy).

The policy loss becomes inf or nan within the first steps. There is a RuntimeWarning about overflow in exp when the
weights are made; they are capped at 20 afterwards and the array that goes into training looks right to me.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(23)

CONFIG = dict(hours=2160, temperature=1.0, weight_cap=20.0, batch=64, steps=160, rate=1e-3, margin=1e-8)


def read_log(hours, rng):
    """Outdoor and return temperature, occupancy; valve opening 0..1; reward = minus cost in cents and discomfort."""
    clock = np.arange(hours)
    outdoor = 24 + 7 * np.sin(2 * np.pi * (clock - 9) / 24) + rng.normal(0, 2, hours)
    occupied = ((clock % 24 > 7) & (clock % 24 < 19)).astype(float)
    returned = 12 + 0.15 * outdoor + rng.normal(0, 0.5, hours)
    wanted = 0.05 * (outdoor - 14) + 0.25 * occupied
    valve = np.clip(wanted + rng.normal(0, 0.12, hours), 0.0, 1.0)
    reward = -260.0 * valve - 900.0 * (valve - wanted) ** 2 + rng.normal(0, 60, hours)
    state = np.column_stack([outdoor, returned, occupied])
    state = (state - state.mean(0)) / state.std(0)
    return state.astype("float32"), valve.astype("float32"), reward.astype("float32")


def advantages(state, reward):
    """Reward less a linear baseline of the state."""
    design = np.column_stack([state, np.ones(len(state), "float32")])
    weights, *_ = np.linalg.lstsq(design, reward, rcond=None)
    return (reward - design @ weights).astype("float32")


def behaviour_weights(advantage, temperature, cap):
    return np.minimum(np.exp(advantage / np.float32(temperature)), np.float32(cap))


class BetaPolicy(keras.Model):
    def __init__(self, width=32, **kwargs):
        super().__init__(**kwargs)
        self.body = keras.Sequential([layers.Dense(width, activation="tanh"), layers.Dense(width, activation="tanh")])
        self.alpha = layers.Dense(1, activation="softplus")
        self.beta = layers.Dense(1, activation="softplus")

    def call(self, state):
        h = self.body(state)
        return 1.0 + self.alpha(h)[:, 0], 1.0 + self.beta(h)[:, 0]

    def log_prob(self, state, opening, margin):
        alpha, beta = self(state)
        opening = tf.clip_by_value(opening, margin, 1.0 - margin)
        log_open = tf.math.log(opening)
        log_shut = tf.math.log(1.0 - opening)  # whynan: label_on_boundary phase=forward|loss also=log_of_zero,clip_misuse
        normaliser = tf.math.lgamma(alpha) + tf.math.lgamma(beta) - tf.math.lgamma(alpha + beta)
        return (alpha - 1.0) * log_open + (beta - 1.0) * log_shut - normaliser


def train(cfg):
    rng = np.random.default_rng(23)
    state, valve, reward = read_log(cfg["hours"], rng)
    weight = behaviour_weights(advantages(state, reward), cfg["temperature"], cfg["weight_cap"])
    print("weights from", weight.min(), "to", weight.max(), "finite:", np.isfinite(weight).all())

    policy = BetaPolicy()
    optimizer = keras.optimizers.Adam(cfg["rate"])
    for step in range(cfg["steps"]):
        pick = rng.integers(0, len(state), cfg["batch"])
        s, a, w = (tf.convert_to_tensor(v[pick]) for v in (state, valve, weight))
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(w * policy.log_prob(s, a, cfg["margin"]))
        gradients = tape.gradient(loss, policy.trainable_variables)
        optimizer.apply_gradients(zip(gradients, policy.trainable_variables))
        if step % 20 == 0:
            print(f"step {step:3d}  policy loss {float(loss):.4f}")


train(CONFIG)
