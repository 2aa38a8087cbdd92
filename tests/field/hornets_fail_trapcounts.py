# Asian hornet trap counts per week as a function of distance to the next nest, bait, temperature and wind
import numpy as np
import pandas as pd
import keras
from keras import ops

keras.utils.set_random_seed(99)


def load_traps(n=900):
    r = np.random.default_rng(4)
    df = pd.DataFrame({
        "distance_m": r.uniform(5, 600, n),
        "bait_g": r.choice([50, 100, 150], n),
        "temp_c": r.normal(21, 4, n),
        "wind_ms": r.gamma(2.0, 1.5, n),
    })
    activity = np.exp(0.05 * (df.temp_c - 21) - 0.05 * (df.wind_ms - 3))
    mean = (420 * np.exp(-df.distance_m / 150) + 2) * activity * (0.8 + df.bait_g / 500)
    df["hornets"] = r.poisson(mean)
    return df


class RateHead(keras.layers.Layer):
    """positive rate, linear for large scores"""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.score = keras.layers.Dense(1)

    def build(self, input_shape):
        self.score.build(input_shape)
        super().build(input_shape)

    def call(self, x):
        z = self.score(x)
        return ops.where(z > 20.0, z, ops.log(1.0 + ops.exp(z)))  # whynan: where_gradient_trap phase=gradient also=exp_overflow

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 1)


traps = load_traps()
print(traps.describe().round(1))

features = traps[["distance_m", "bait_g", "temp_c", "wind_ms"]]
X = ((features - features.mean()) / features.std()).to_numpy("float32")
y = traps[["hornets"]].to_numpy("float32")

test = np.arange(len(X)) % 6 == 0
X_tr, y_tr, X_te, y_te = X[~test], y[~test], X[test], y[test]

inputs = keras.Input((4,))
h = keras.layers.Dense(32, activation="relu")(inputs)
h = keras.layers.Dense(32, activation="relu")(h)
rate = RateHead(name="rate")(h)
model = keras.Model(inputs, rate)

model.compile(optimizer=keras.optimizers.Adam(0.01), loss=keras.losses.Poisson(), metrics=["mae"])
hist = model.fit(X_tr, y_tr, validation_data=(X_te, y_te), batch_size=32, epochs=15, verbose=2)

pred = model.predict(X_te, verbose=0)
print("trap  observed  expected")
for i in range(5):
    print(i, int(y_te[i, 0]), round(float(pred[i, 0]), 1))
