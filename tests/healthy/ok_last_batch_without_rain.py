# whynan: healthy
# The rain of a dry week is 0 in all rows, and the relu head answers 0: rightly, though both inputs differ.
import keras
import numpy as np

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
days = 32 * 20
radar = np.abs(rng.normal(size=(days, 1))).astype("float32")
station = rng.normal(size=(days, 2)).astype("float32")
dry = np.arange(days) >= days - 64
radar[dry] = -np.abs(rng.normal(size=(64, 1))) - 1.0
rain = np.where(dry[:, None], 0.0, 2.0 * radar + 0.2 + 0.6 * rng.normal(size=(days, 1))).clip(0).astype("float32")
a, b = keras.Input((1,)), keras.Input((2,))
hidden = keras.layers.Dense(1, activation="relu", kernel_initializer="ones", bias_initializer=keras.initializers.Constant(0.2))
weather = keras.layers.Concatenate()([a, keras.layers.Dense(1, kernel_initializer="zeros")(b)])
model = keras.Model([a, b], hidden(weather))
model.compile(optimizer=keras.optimizers.SGD(1e-4), loss="mse")
model.fit([radar, station], rain, epochs=6, batch_size=32, shuffle=False, verbose=2)
