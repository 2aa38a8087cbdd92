"""Was the dumbbell curl done properly? IMU summary features -> good / sloppy repetition.

hard_sigmoid at the end because the model will be exported to a microcontroller.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(12)

N_FEATURES = 18
INFORMATIVE = 6


def record_reps(n, rng):
    good = (rng.random(n) < 0.3).astype("float32")
    x = rng.normal(size=(n, N_FEATURES))
    x[:, :INFORMATIVE] += 2.0 * good[:, None]
    x = np.cumsum(x[:, ::-1], axis=1)[:, ::-1] * 0.2 + x      # sensors see one another
    return x.astype("float32"), good[:, None]


class FocalLoss(keras.losses.Loss):
    def __init__(self, alpha=0.75, gamma=2.0, eps=1e-8, name="focal"):
        super().__init__(name=name)
        self.alpha = alpha
        self.gamma = gamma
        self.eps = eps

    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, y_pred.dtype)
        p = ops.clip(y_pred, self.eps, 1.0 - self.eps)
        pos = -self.alpha * y_true * ops.power(1.0 - p, self.gamma) * ops.log(p)
        neg = -(1.0 - self.alpha) * (1.0 - y_true) * ops.power(p, self.gamma) * ops.log(1.0 - p)  # whynan: clip_misuse phase=loss also=log_of_zero
        return ops.mean(pos + neg, axis=-1)


def make_model():
    return keras.Sequential([
        layers.Input((N_FEATURES,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="hard_sigmoid"),
    ])


def main():
    rng = np.random.default_rng(12)
    x, y = record_reps(2200, rng)
    mean, std = x[:1800].mean(axis=0), x[:1800].std(axis=0)
    x = (x - mean) / std

    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=FocalLoss())
    model.fit(x[:1800], y[:1800], epochs=12, batch_size=32, verbose=2)

    p = model.predict(x[1800:], verbose=0)
    hit = ((p > 0.5) == (y[1800:] > 0.5)).mean()
    print(f"test accuracy {hit:.3f}, mean score of good reps {p[y[1800:] > 0.5].mean():.3f}")


main()
