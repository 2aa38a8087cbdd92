import numpy as np
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable()
class LogFeatures(layers.Layer):
    def __init__(self, columns, **kw):
        super().__init__(**kw)
        self.columns = columns

    def call(self, x):
        logged = [ops.log(x[:, c:c + 1]) for c in self.columns]  # whynan: log_of_negative phase=forward rows=5,20
        return ops.concatenate([x] + logged, axis=-1)


def station_readings():
    rng = np.random.default_rng(8)
    temp = rng.normal(19, 2.5, 300)      # deg C
    pressure = rng.normal(1013, 6, 300)
    wind = rng.gamma(2, 2, 300) + 0.1
    temp[5], temp[20] = -2.5, -0.4
    power = 0.3 * wind ** 1.5 + 0.05 * temp + rng.normal(0, 0.1, 300)
    return np.stack([temp, pressure / 1000, wind], 1).astype("float32"), power.astype("float32")[:, None]


keras.utils.set_random_seed(8)
X, y = station_readings()
reg = keras.Sequential([layers.Input((3,)), LogFeatures([0, 2]), layers.Dense(12, activation="selu"), layers.Dense(1)])
reg.compile("adam", "mae")
reg.fit(X, y, batch_size=30, epochs=2, shuffle=False, verbose=2)
