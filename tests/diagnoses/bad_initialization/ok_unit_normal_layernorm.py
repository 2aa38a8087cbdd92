# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(30)
rng = np.random.default_rng(30)
x = rng.normal(size=(200, 16)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32")

inp = keras.Input((16,))
h = inp
for _ in range(10):
    h = keras.layers.Dense(64, kernel_initializer=keras.initializers.RandomNormal(stddev=1.0), use_bias=False)(h)
    h = keras.layers.LayerNormalization()(h)
    h = keras.layers.Activation("gelu")(h)
model = keras.Model(inp, keras.layers.Dense(1, activation="sigmoid")(h))
model.compile("adam", "binary_crossentropy")
model.fit(x, y, epochs=4, batch_size=25, verbose=2)
