# I want the whole thing in half precision for an embedded target, not only the activations.
# SGD trains, Adam is nan after one step.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
keras.config.set_floatx("float16")


def gait_features(n=512):
    rng = np.random.default_rng(20)
    x = rng.normal(size=(n, 12))
    y = 0.2 * x[:, :1] - 0.1 * x[:, 1:2] * x[:, 2:3]
    return x.astype("float16"), y.astype("float16")


def make_regressor():
    inp = keras.Input((12,))
    h = layers.Dense(32, activation="tanh")(inp)
    h = layers.Dense(32, activation="tanh")(h)
    out = layers.Dense(1)(h)
    return keras.Model(inp, out)


x, y = gait_features()
reg = make_regressor()
assert all(w.dtype == "float16" for w in reg.weights)

adam = keras.optimizers.Adam(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8)  # torch default
reg.compile(optimizer=adam, loss="mse")
reg.fit(x, y, batch_size=64, epochs=3, verbose=2)  # whynan: float16_optimizer_state phase=update also=float16_epsilon_underflow,divide_by_zero
