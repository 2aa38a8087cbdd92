"""How far can one go? Heavy ball is stable for rate < 2 (1 + beta) / lambda_max. I take 99 % of it: the loss first
shoots up and the weights oscillate, but it converges."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)
BETA, FRACTION = 0.8, 0.99

rng = np.random.default_rng(3)
X = rng.normal(size=(128, 4)) * np.array([3.0, 2.5, 2.0, 1.5])
X = X.astype("float32")
y = (X @ np.array([[1.0], [-2.0], [0.5], [3.0]])).astype("float32")
hessian = 2.0 * X.T.astype("float64") @ X.astype("float64") / len(X)
lam = np.linalg.eigvalsh(hessian)
rate = FRACTION * 2.0 * (1.0 + BETA) / lam[-1]
print("curvatures", lam, "rate", rate, "limit", 2.0 * (1.0 + BETA) / lam[-1])

inp = keras.Input((4,))
model = keras.Model(inp, layers.Dense(1, use_bias=False)(inp))
model.compile(keras.optimizers.SGD(rate, momentum=BETA), loss="mse")
history = model.fit(X, y, batch_size=len(X), shuffle=False, epochs=150, verbose=0).history["loss"]
worst, best = int(np.argmax(history)), -np.inf
print(f"start {history[0]:.3f} worst {history[worst]:.3f} (epoch {worst}) end {history[-1]:.2e}")
ups = sum(b > a for a, b in zip(history, history[1:]))
with np.errstate(divide="ignore"):
    print("loss went up", ups, "times; decades", np.round(np.log10(history[::15]), 1))
# whynan: healthy
