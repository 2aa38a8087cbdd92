"""Heating costs of bungalows (standardised) from twelve survey answers."""
import numpy as np
import keras
from keras import initializers, layers


def survey(n, seed=0):
    r = np.random.RandomState(seed)
    answers = r.normal(size=(n, 12))
    area, wall, windows, people, warm = answers[:, :5].T
    cost = 1.2 * area - 0.8 * wall + 0.6 * np.maximum(windows, 0) + 0.5 * people * (warm > 0)
    cost = cost + r.normal(0, 0.2, n)
    cost = (cost - cost.mean()) / cost.std()
    return answers.astype("float32"), cost.astype("float32").reshape(-1, 1)


def sparse_dense(units):
    # a low threshold lets only the important units fire, as in the sparse coding papers
    return layers.Dense(
        units,
        activation="relu",
        bias_initializer=initializers.Constant(-12.0),
    )


class Experiment:
    batch = 40

    def __init__(self, seed=3):
        keras.utils.set_random_seed(seed)
        x, y = survey(1600)
        self.x, self.y = x[:1200], y[:1200]
        self.xt, self.yt = x[1200:], y[1200:]
        self.net = keras.Sequential([
            keras.Input((12,)),
            sparse_dense(64),
            sparse_dense(32),
            layers.Dense(1),
        ])
        self.net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
        self.rs = np.random.RandomState(seed)

    def epoch(self):
        order = self.rs.permutation(len(self.x))
        total = 0.0
        for i in range(0, len(order), self.batch):
            k = order[i:i + self.batch]
            logs = self.net.train_on_batch(self.x[k], self.y[k], return_dict=True)  # whynan: unstable
            total += float(logs["loss"]) * len(k)
        return total / len(order)

    def test(self):
        p = np.asarray(self.net.predict_on_batch(self.xt))
        return float(np.mean((p - self.yt) ** 2)), float(p.std())

    def run(self, epochs):
        for e in range(epochs):
            loss = self.epoch()
            mse, spread = self.test()
            print(f"epoch {e + 1:2d}  train mse {loss:.4f}  test mse {mse:.4f}  spread of predictions {spread:.4f}")


if __name__ == "__main__":
    Experiment().run(15)
