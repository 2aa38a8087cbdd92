# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(119)

x = np.random.normal(size=(256, 6)).astype("float32") * 3
y = (x ** 2).sum(axis=1, keepdims=True)              # huge squared errors, but the gradient is clipped
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
opt = keras.optimizers.SGD(0.3, global_clipnorm=1.0, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=4, weight_decay=1e-4)
model.compile(optimizer=opt, loss="mse")
model.fit(x, y, epochs=8, batch_size=32, verbose=2)
