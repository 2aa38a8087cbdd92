# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)
x = rng.uniform(0, 1, (128, 120, 2)).astype("float32")
y = x[:, :10, 0].sum(1, keepdims=True) / 5

model = keras.Sequential([
    keras.Input((120, 2)),
    keras.layers.SimpleRNN(24, activation="relu", recurrent_initializer="identity",
                           kernel_initializer=keras.initializers.RandomNormal(stddev=0.01)),
    keras.layers.Dense(1),
])
model.compile(keras.optimizers.SGD(0.01, clipnorm=1.0), "mse")
model.fit(x, y, batch_size=32, epochs=5, verbose=2)
