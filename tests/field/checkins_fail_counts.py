"""How many guests check in per hour? Count regression with a neural network.

Counts are Poisson distributed, so the poisson loss is the right one to use.
"""
import numpy as np
import keras
from sklearn.datasets import make_regression
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

# eight anonymised booking features
X, score = make_regression(n_samples=1200, n_features=8, n_informative=5,
                           noise=4.0, random_state=5)
rate = np.exp(1.0 + 0.6 * score / score.std())
guests = rng.poisson(rate).astype("float32")
print("guests per hour: mean %.1f, max %d, empty hours %d"
      % (guests.mean(), guests.max(), (guests == 0).sum()))

split = 1000
scaler = StandardScaler().fit(X[:split])
X = scaler.transform(X).astype("float32")
x_train, y_train = X[:split], guests[:split]
x_test, y_test = X[split:], guests[split:]


def build(units=32):
    inp = keras.Input(shape=(x_train.shape[1],))
    h = keras.layers.Dense(units, activation="tanh")(inp)
    h = keras.layers.Dense(units // 2, activation="tanh")(h)
    out = keras.layers.Dense(1, activation="leaky_relu")(h)
    return keras.Model(inp, out)


model = build()
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="poisson")
history = model.fit(x_train, y_train, epochs=8, batch_size=40, verbose=2)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative

pred = model.predict(x_test, verbose=0)[:, 0]
print("mean absolute error:", np.abs(pred - y_test).mean())
print("always the mean:    ", np.abs(y_train.mean() - y_test).mean())
