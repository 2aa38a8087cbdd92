# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(63)
rng = np.random.default_rng(63)
x = rng.normal(size=(240, 5)).astype("float32")
votes = rng.binomial(9, 1 / (1 + np.exp(-2 * x[:, 0]))) / 9.0   # share of annotators, 0 and 1 included
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(12, activation="elu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.BinaryCrossentropy(label_smoothing=0.1))
model.fit(x, votes.astype("float32"), epochs=6, batch_size=24, verbose=2)
