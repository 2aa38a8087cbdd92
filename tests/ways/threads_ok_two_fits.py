# whynan: healthy
import threading

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(144)


def gaussian_nll(y, out):
    mean, sigma = out[:, :1], ops.softplus(out[:, 1:]) + 1e-3
    return ops.mean(ops.log(sigma) + 0.5 * ops.square((y - mean) / sigma))


def job(name, results):
    x = np.random.normal(size=(200, 4)).astype("float32")
    y = x[:, :1] + 0.1 * np.random.normal(size=(200, 1)).astype("float32")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="tanh"), layers.Dense(2)])
    model.compile("adam", gaussian_nll)
    results[name] = model.fit(x, y, epochs=3, verbose=0).history["loss"]


results = {}
workers = [threading.Thread(target=job, args=(n, results)) for n in ("left", "right")]
for w in workers:
    w.start()
for w in workers:
    w.join()
print(results)
