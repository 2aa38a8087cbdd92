"""Replicates a fund-of-funds index with 48 long-only portfolios of three asset classes.

Every hidden unit is a portfolio: its three weights are non-negative and sum to one, which is what the constraint is
for. Without the constraint the model converges to an MSE of 0.02; with it the loss of the first batch is printed and
then nan. The returns contain no missing values and I looked at the gradients, they are small.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2024)

ASSETS = ["equities", "bonds", "commodities"]


class LongOnly(keras.constraints.Constraint):
    """Columns of the kernel become portfolio weights."""

    def __call__(self, w):
        w = tf.nn.relu(tf.convert_to_tensor(w))
        return w / tf.reduce_sum(w, axis=0, keepdims=True)  # whynan: zero_weight_sum phase=update also=divide_by_zero

    def get_config(self):
        return {}


class WeeklyReturns(keras.utils.PyDataset):
    def __init__(self, returns, index, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.returns, self.index, self.batch_size = returns, index, batch_size

    def __len__(self):
        return len(self.index) // self.batch_size

    def __getitem__(self, i):
        rows = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.returns[rows], self.index[rows]


def simulate_market(weeks=1040, seed=2024):
    rng = np.random.default_rng(seed)
    covariance = np.array([[2.4, -0.3, 0.8], [-0.3, 0.4, -0.1], [0.8, -0.1, 3.1]])
    returns = rng.multivariate_normal([0.12, 0.04, 0.05], covariance, weeks)
    balanced = returns @ np.array([0.5, 0.4, 0.1])
    aggressive = returns @ np.array([0.7, 0.0, 0.3])
    index = 0.6 * balanced + 0.4 * np.maximum(aggressive, -1.5) + rng.normal(0, 0.1, weeks)
    return returns.astype("float32"), index.astype("float32")[:, None]


def replicator(n_portfolios=48):
    returns = keras.Input((len(ASSETS),), name="weekly_returns_percent")
    portfolios = layers.Dense(n_portfolios, use_bias=False, kernel_constraint=LongOnly(), name="portfolios")(returns)
    stopped = layers.LeakyReLU(negative_slope=0.3)(portfolios)
    return keras.Model(returns, layers.Dense(1, name="allocation")(stopped))


if __name__ == "__main__":
    returns, index = simulate_market()
    model = replicator()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    model.fit(WeeklyReturns(returns, index, batch_size=52), epochs=4, verbose=2,
              callbacks=[keras.callbacks.LambdaCallback(
                  on_train_batch_end=lambda batch, logs: batch < 3 and print("batch", batch, logs["loss"]))])
    weights = model.get_layer("portfolios").get_weights()[0]
    print("first portfolios:", weights[:, :4].round(2))
