"""Active learning: the laboratory value costs money, so we ask for 20 more patients per round.

My array of laboratory values is mostly NaN (not measured yet), the acquisition scores contain -inf, and the best error
starts at inf.  numpy prints a lot of nan when I look at the arrays.  Does any of it leak into the network?
"""
# whynan: healthy
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(33)

ROUNDS = 6
PER_ROUND = 20
FIRST = 40


class Laboratory:
    def __init__(self, values):
        self._values = values
        self.invoices = 0

    def measure(self, patients):
        self.invoices += len(patients)
        return self._values[patients]


def make_network(width):
    net = keras.Sequential([
        keras.Input((width,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(1),
    ])
    net.compile(optimizer=keras.optimizers.Adam(3e-3), loss=keras.losses.Huber(delta=1.0), jit_compile=False)
    return net


def uncertainty(net, x, passes=12):
    draws = np.stack([net(x, training=True).numpy()[:, 0] for _ in range(passes)])
    return draws.std(axis=0)


def run():
    table = load_diabetes()
    x = StandardScaler().fit_transform(table.data).astype("float32")
    y = ((table.target - 150.0) / 75.0).astype("float32")
    order = np.random.default_rng(0).permutation(len(x))
    test, pool = order[:92], order[92:]
    laboratory = Laboratory(y[pool])
    x_pool = x[pool]

    known = np.full(len(pool), np.nan, dtype="float32")
    known[:FIRST] = laboratory.measure(np.arange(FIRST))
    error = np.full(ROUNDS, np.nan)
    best_error, best_weights = np.inf, None
    net = make_network(x.shape[1])

    for r in range(ROUNDS):
        rows = np.flatnonzero(~np.isnan(known))
        net.fit(x_pool[rows], known[rows], batch_size=20, epochs=12, verbose=0)
        error[r] = net.evaluate(x[test], y[test], batch_size=92, verbose=0)
        if error[r] < best_error:
            best_error, best_weights = error[r], net.get_weights()
        print(f"round {r}: {len(rows)} values known, test error {error[r]:.4f} (best {np.nanmin(error):.4f})")
        score = uncertainty(net, x_pool)
        score[rows] = -np.inf
        ask = np.argsort(-score)[:PER_ROUND]
        known[ask] = laboratory.measure(ask)

    net.set_weights(best_weights)
    print(f"invoices: {laboratory.invoices}, final error {net.evaluate(x[test], y[test], batch_size=92, verbose=0):.4f}")


run()
