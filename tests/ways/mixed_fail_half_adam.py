import keras
import numpy as np

keras.utils.set_random_seed(104)
keras.config.set_floatx("float16")

x = np.random.normal(size=(160, 12)).astype("float16")
x[:, 7] = 0                                   # unused one-hot column
y = np.tanh(x[:, :1] - x[:, 1:2]).astype("float16")

model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-8), loss="mse")
h = model.fit(x, y, epochs=2, batch_size=32, verbose=0)  # whynan: float16_optimizer_state phase=update also=float16_epsilon_underflow,divide_by_zero
print(h.history["loss"], model.dtype_policy, model.weights[0].dtype)
