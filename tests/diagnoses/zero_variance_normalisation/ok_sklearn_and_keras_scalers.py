# whynan: healthy
"""StandardScaler and the Normalization layer both survive a constant column."""
import numpy as np
import keras
from sklearn.preprocessing import MinMaxScaler, StandardScaler

keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)
X = rng.normal(50, 8, size=(280, 5))
X = np.c_[X, np.full(280, 518.67)]
y = (100 - 0.5 * X[:, 1]).astype("float32") / 100
norm = keras.layers.Normalization()
norm.adapt(X.astype("float32"))
for name, data, first in (("sk", StandardScaler().fit_transform(X), None), ("mm", MinMaxScaler().fit_transform(X), None), ("keras", X, norm)):
    net = keras.Sequential([keras.Input((6,))] + ([first] if first else []) +
                           [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
    net.compile("adam", "mse")
    print(name, net.fit(data.astype("float32"), y, epochs=2, verbose=0).history)
