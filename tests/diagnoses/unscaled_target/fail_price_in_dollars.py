import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(20)


def load_listings(n=320):
    rng = np.random.default_rng(20)
    area = rng.uniform(40, 260, n)
    rooms = np.round(area / 28 + rng.normal(0, 0.7, n))
    distance = rng.uniform(0, 30, n)
    price = 2400 * area - 6000 * distance + 150000 + rng.normal(0, 20000, n)
    return np.stack([area, rooms, distance], 1), price


x, price = load_listings()
x = StandardScaler().fit_transform(x).astype("float32")

model = keras.Sequential([
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mean_squared_error")
hist = model.fit(x, price.astype("float32"), batch_size=32, epochs=3, verbose=2)  # whynan: unscaled_target phase=forward|gradient also=exploding_gradient,learning_rate_too_high
