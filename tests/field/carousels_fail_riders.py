"""Riders per quarter of an hour on the old carousel, for the staff plan."""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler


def quarter_hours(days=60, seed=77):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2023-06-01", periods=days * 32, freq="15min")
    slot = np.tile(np.arange(32), days)
    day = np.repeat(np.arange(days), 32)
    weekend = (day % 7 >= 5).astype(int)
    rain = np.repeat(rng.gamma(0.6, 3.0, days), 32)
    temp = np.repeat(rng.normal(22, 4, days), 32) + 3 * np.sin(np.pi * slot / 32)
    lunch = ((slot >= 11) & (slot < 15)).astype(int)
    service_day = (day % 7 == 1).astype(int)
    open_now = ((lunch == 0) & (service_day == 0)).astype(int)
    mean = open_now * np.exp(1.9 + 0.5 * weekend - 0.08 * rain + 0.02 * (temp - 22) + 0.02 * slot)
    return pd.DataFrame({
        "slot": slot, "weekend": weekend, "rain": rain, "temp": temp, "lunch": lunch,
        "service_day": service_day, "open_now": open_now, "riders": rng.poisson(mean),
    }, index=index)


class RiderModel:
    def __init__(self, hidden=32, rate=0.01, epochs=15):
        self.hidden, self.rate, self.epochs = hidden, rate, epochs
        self.scaler = StandardScaler()

    def _net(self, n_in, level):
        inp = keras.Input((n_in,))
        h = layers.Dense(self.hidden, activation="silu")(inp)
        h = layers.Dense(self.hidden, activation="silu")(h)
        out = layers.Dense(1, activation="silu", bias_initializer=keras.initializers.Constant(level))(h)
        return keras.Model(inp, out)

    def fit(self, x, y):
        z = self.scaler.fit_transform(x)
        self.net = self._net(z.shape[1], level=float(y.mean()))
        self.net.compile(optimizer=keras.optimizers.Adam(self.rate, clipnorm=1.0), loss="poisson")
        self.net.fit(z, y, batch_size=32, epochs=self.epochs, verbose=2)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
        return self

    def predict(self, x):
        return self.net.predict(self.scaler.transform(x), verbose=0)[:, 0]


if __name__ == "__main__":
    keras.utils.set_random_seed(77)
    table = quarter_hours()
    y = table.pop("riders").to_numpy("float32")
    x = table.to_numpy("float32")
    first_weeks = 46 * 32

    model = RiderModel().fit(x[:first_weeks], y[:first_weeks])
    forecast = model.predict(x[first_weeks:])
    print("riders forecast", forecast.sum(), "counted", y[first_weeks:].sum())
