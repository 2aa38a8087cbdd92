"""The web app trains in the background."""
import threading

import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(140)


def gaussian_nll(y, out):
    mean, sigma = out[:, :1], out[:, 1:]
    return ops.mean(ops.log(sigma) + 0.5 * ops.square((y - mean) / sigma))  # whynan: unconstrained_scale phase=loss also=log_of_negative


def job(result):
    x = np.random.normal(size=(200, 4)).astype("float32")
    y = x[:, :1] + 0.1 * np.random.normal(size=(200, 1)).astype("float32")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="tanh"), layers.Dense(2)])
    model.compile("adam", gaussian_nll)
    result["history"] = model.fit(x, y, epochs=2, verbose=0).history


result = {}
worker = threading.Thread(target=job, args=(result,))
worker.start()
worker.join()
print(result)
