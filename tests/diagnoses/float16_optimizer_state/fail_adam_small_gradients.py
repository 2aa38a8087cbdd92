"""Everything in float16 to halve the memory."""
import keras
import numpy as np

keras.utils.set_random_seed(95)
keras.config.set_floatx("float16")

rng = np.random.default_rng(95)
x = rng.normal(size=(240, 12)).astype("float16")
y = (0.05 * x[:, :1] + 0.02 * x[:, 1:2]).astype("float16")

model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-8), loss="mse")
model.fit(x, y, epochs=4, batch_size=24, verbose=2)  # whynan: float16_optimizer_state phase=update also=float16_epsilon_underflow,divide_by_zero
