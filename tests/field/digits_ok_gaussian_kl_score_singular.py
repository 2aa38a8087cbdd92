"""After each epoch I score an autoencoder's reconstructions by the KL divergence of two Gaussians. The corner pixels are
constant in the real data, log det = -inf, the score is inf. It is only written to the logs."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(36)


def gaussian_kl(real, fake):
    mu1, mu2 = real.mean(0), fake.mean(0)
    s1, s2 = np.cov(real.T), np.cov(fake.T)
    inv = np.linalg.pinv(s2)
    with np.errstate(all="ignore"):
        logdet = np.linalg.slogdet(s2)[1] - np.linalg.slogdet(s1)[1]
        return 0.5 * (np.trace(inv @ s1) + (mu2 - mu1) @ inv @ (mu2 - mu1) - len(mu1) + logdet)


class Score(keras.callbacks.Callback):
    def __init__(self, real):
        super().__init__()
        self.real = real

    def on_epoch_end(self, epoch, logs=None):
        fake = self.model.predict(self.real, verbose=0)
        logs["kl_score"] = float(gaussian_kl(self.real.astype("float64"), fake.astype("float64")))


def tiny_digits(n=300):
    rng = np.random.default_rng(36)
    img = np.zeros((n, 5, 5), "float32")
    for k in range(n):
        c = rng.integers(1, 4)
        img[k, 1:4, c] = rng.uniform(0.5, 1.0)
    img[:, 1:4, 1:4] += 0.05 * rng.normal(size=(n, 3, 3))
    return img.reshape(n, 25)


x = tiny_digits()
auto = keras.Sequential([layers.Dense(12, activation="relu"), layers.Dense(6), layers.Dense(25)])
auto.compile("adam", "mse")
h = auto.fit(x, x, batch_size=30, epochs=8, verbose=0, callbacks=[Score(x)])
print(h.history["loss"])
print(h.history.get("kl_score"))
# whynan: side_nonfinite
