# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(53)
rng = np.random.default_rng(53)
x = rng.normal(size=(180, 20)).astype("float32")
y = x[:, :1]
model = keras.Sequential([
    keras.Input((20,)),
    keras.layers.Dense(16, activation="tanh", kernel_regularizer=keras.regularizers.L2(100.0)),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.SGD(1e-3), "mse")
model.fit(x, y, epochs=5, batch_size=20, verbose=2)
print("largest hidden weight", np.abs(model.get_weights()[0]).max())
