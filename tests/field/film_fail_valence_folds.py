"""Valence of film scenes (-100 unpleasant .. +100 pleasant) from audio descriptors, cross-validated.

The compile line is the one of our pleasant/unpleasant classifier, where it worked well. With the slider values every fold
ends with loss nan after one or two epochs. The descriptors go through a StandardScaler inside the fold.
"""
import keras
import numpy as np
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

SEED = 19
COMPILE = {"loss": "squared_hinge", "metrics": ["mae"]}


class ScenePredictor:
    def __init__(self, hidden=24, rate=0.01, momentum=0.9):
        self.hidden, self.rate, self.momentum = hidden, rate, momentum

    def _network(self, width):
        net = keras.Sequential(name="scenes")
        net.add(keras.Input((width,)))
        net.add(keras.layers.Dense(self.hidden, activation="relu"))
        net.add(keras.layers.Dense(1, activation="linear"))
        net.compile(optimizer=keras.optimizers.SGD(self.rate, momentum=self.momentum, nesterov=True), **COMPILE)
        return net

    def fit(self, x, y):
        self.scaler = StandardScaler().fit(x)
        self.net = self._network(x.shape[1])
        stop = keras.callbacks.EarlyStopping(monitor="loss", patience=8)
        x = self.scaler.transform(x).astype("float32")
        self.history = self.net.fit(x, y[:, None], batch_size=32, epochs=8, callbacks=[stop], verbose=0)  # whynan: wrong_loss_for_task phase=loss|gradient also=unscaled_target,learning_rate_too_high,exploding_gradient
        return self

    def predict(self, x):
        return self.net.predict(self.scaler.transform(x).astype("float32"), verbose=0)[:, 0]


def scenes(n=480):
    """Tempo, mode, loudness and so on, with one viewer's slider position at the end of each scene."""
    rng = np.random.default_rng(SEED)
    tempo = rng.normal(105.0, 22.0, n)
    major = rng.binomial(1, 0.55, n)
    loudness = rng.normal(-23.0, 5.0, n)
    centroid = rng.lognormal(7.6, 0.35, n)
    dissonance = rng.beta(2.0, 5.0, n)
    speech = rng.uniform(0.0, 1.0, n)
    valence = 45.0 * (major - 0.5) + 0.4 * (tempo - 105.0) - 90.0 * (dissonance - 0.28) + rng.normal(0.0, 22.0, n)
    x = np.stack([tempo, major, loudness, centroid, dissonance, speech], axis=1)
    return x, np.clip(valence.round(), -100, 100).astype("float32")


def cross_validate(x, y, folds=3):
    for number, (train, test) in enumerate(KFold(folds, shuffle=True, random_state=SEED).split(x), start=1):
        keras.utils.set_random_seed(SEED + number)
        predictor = ScenePredictor().fit(x[train], y[train])
        error = np.abs(predictor.predict(x[test]) - y[test]).mean()
        losses = ", ".join(f"{v:.3g}" for v in predictor.history.history["loss"])
        print(f"fold {number}: loss {losses} | test mae {error:.2f}")


cross_validate(*scenes())
