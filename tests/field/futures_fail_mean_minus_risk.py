"""Trend-following on futures: an LSTM outputs positions, the objective is mean return minus risk aversion * volatility,
net of trading costs. Starts out of the market ("flat"), as the risk department wants it.
"""
import dataclasses

import keras
import numpy as np
import tensorflow as tf
from keras import ops


@dataclasses.dataclass
class Mandate:
    risk_aversion: float = 0.25
    cost_bp: float = 2.0
    annualisation: float = 252.0
    max_leverage: float = 1.5


def simulate_markets(n_days=1500, n_assets=5, seed=0):
    rng = np.random.default_rng(seed)
    trend = np.cumsum(rng.normal(0, 2e-4, size=(n_days, n_assets)), axis=0) * 0.1
    return (trend + rng.normal(0, 0.01, size=(n_days, n_assets))).astype("float32")


def windows(returns, length=40):
    """features: today's scaled returns; outcome: tomorrow's return"""
    features = np.stack([returns[i : i + length] for i in range(len(returns) - length - 1)]) * 100.0
    outcome = np.stack([returns[i + 1 : i + length + 1] for i in range(len(returns) - length - 1)])
    return features, outcome


class Ledger:
    """Turns positions into a daily profit-and-loss series."""

    def __init__(self, mandate):
        self.cost = mandate.cost_bp * 1e-4

    def turnover(self, positions):
        before = ops.concatenate([ops.zeros_like(positions[:, :1]), positions[:, :-1]], axis=1)
        return ops.sum(ops.abs(positions - before), axis=-1)

    def profit(self, positions, outcome):
        return ops.sum(positions * outcome, axis=-1) - self.cost * self.turnover(positions)


class Objective:
    def __init__(self, mandate):
        self.mandate = mandate
        self.ledger = Ledger(mandate)

    def volatility(self, daily):
        return ops.std(daily, axis=1) * self.mandate.annualisation**0.5  # whynan: std_grad_at_zero phase=gradient also=sqrt_grad_at_zero

    def __call__(self, positions, outcome):
        daily = self.ledger.profit(positions, outcome)
        yearly = ops.mean(daily, axis=1) * self.mandate.annualisation
        return -ops.mean(yearly - self.mandate.risk_aversion * self.volatility(daily))


def build_policy(n_assets, mandate):
    market = keras.Input((None, n_assets))
    h = keras.layers.LSTM(24, return_sequences=True)(market)
    flat = keras.layers.Dense(n_assets, activation="tanh", kernel_initializer="zeros", name="position")(h)
    return keras.Model(market, keras.layers.Rescaling(mandate.max_leverage)(flat))


def train(mandate, steps=40, batch=64):
    keras.utils.set_random_seed(2)
    features, outcome = windows(simulate_markets())
    policy = build_policy(features.shape[-1], mandate)
    objective = Objective(mandate)
    optimizer = keras.optimizers.Adam(3e-3)
    data = tf.data.Dataset.from_tensor_slices((features, outcome)).shuffle(2000, seed=0).repeat().batch(batch)

    @tf.function
    def step(x, r):
        with tf.GradientTape() as tape:
            loss = objective(policy(x, training=True), r)
        gradient = tape.gradient(loss, policy.trainable_variables)
        optimizer.apply_gradients(zip(gradient, policy.trainable_variables))
        return loss

    for i, (x, r) in enumerate(data.take(steps)):
        loss = step(x, r)
        if i % 8 == 0:
            print(f"{i:4d}  utility {-float(loss):+.4f}")


if __name__ == "__main__":
    train(Mandate())
