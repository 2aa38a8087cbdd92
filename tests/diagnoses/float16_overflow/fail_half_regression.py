import keras
import numpy as np

keras.utils.set_random_seed(34)
keras.config.set_floatx("float16")  # the whole net should fit on the small board
keras.config.set_epsilon(1e-4)

rng = np.random.default_rng(34)
speed = rng.uniform(0, 1, (240, 3))
power = 420.0 * speed[:, :1] ** 2 + 90.0 * speed[:, 1:2]   # watt

model = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(1e-4), loss="mse")
model.fit(speed.astype("float16"), power.astype("float16"), epochs=3, batch_size=24, verbose=2)  # whynan: float16_overflow phase=loss also=unscaled_target
