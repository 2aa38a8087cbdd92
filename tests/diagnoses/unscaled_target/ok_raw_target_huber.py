# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)
x = rng.normal(size=(300, 4)).astype("float32")
price = (300000 + 50000 * x[:, 0]).astype("float32")

huber = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(300000.0))])
huber.compile(keras.optimizers.Adam(50.0), loss=keras.losses.Huber(delta=1000.0))
huber.fit(x, price, epochs=6, batch_size=30, verbose=2)
