"""Gaussian mixture by EM with random restarts (a component may collapse: 0/0, caught), then a network distilled from
the responsibilities of the best restart."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(13)


def em(x, k, seed, iters=30):
    rng = np.random.default_rng(seed)
    mu = x[rng.integers(0, len(x), k)].copy()
    var = np.full(k, 1.0)
    pi = np.full(k, 1.0 / k)
    if seed == 1:
        var[0] = 0.0                                    # the famous degenerate start
    if seed == 2:
        mu[-1] = 1e6                                    # a component that owns nothing
    loglik = -np.inf
    for _ in range(iters):
        d2 = ((x[:, None] - mu) ** 2).sum(-1)
        logp = np.log(pi) - d2 / (2 * var) - np.log(2 * np.pi * var)
        top = logp.max(1, keepdims=True)
        joint = np.exp(logp - top)
        resp = joint / joint.sum(1, keepdims=True)
        nk = resp.sum(0)
        mu = resp.T @ x / nk[:, None]
        var = (resp * ((x[:, None] - mu) ** 2).sum(-1)).sum(0) / (2 * nk)
        pi = nk / len(x)
        loglik = float(np.mean(top[:, 0] + np.log(joint.sum(1))))
    return loglik, resp


def fit_mixture(x, k, restarts=5):
    best, best_resp, board = -np.inf, None, np.full(restarts, np.nan)
    for seed in range(restarts):
        mode = "raise" if seed == 1 else "ignore"
        try:
            with np.errstate(divide=mode, invalid=mode, over="ignore", under="ignore"):
                board[seed], resp = em(x, k, seed)
        except FloatingPointError as e:
            print("restart", seed, "given up:", e)
            continue
        if board[seed] > best:                          # False for NaN
            best, best_resp = board[seed], resp
    print("log-likelihoods", board, "best", np.nanmax(board))
    if best_resp is None:
        raise RuntimeError("no restart survived")
    return best_resp


rng = np.random.default_rng(13)
centers = np.array([[0.0, 0.0], [4.0, 4.0], [-4.0, 3.0]])
x = centers[np.arange(300) % 3] + 0.7 * rng.normal(size=(300, 2))
resp = fit_mixture(x, 3)
assert np.isfinite(resp).all() and np.allclose(resp.sum(1), 1)

student = keras.Sequential([
    layers.Dense(16, activation="tanh"),
    layers.Dense(3, activation="softmax"),
])
student.compile(keras.optimizers.RMSprop(1e-2), "categorical_crossentropy")
h = student.fit(x.astype("float32"), resp.astype("float32"), batch_size=30, epochs=10, verbose=0)
print(h.history["loss"])
# whynan: healthy
