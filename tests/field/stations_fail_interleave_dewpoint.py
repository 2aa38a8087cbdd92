# PM10 forecast from 6 weather stations, streamed. Dew point is a derived feature (Magnus formula).
# With stations 0-3 the training is fine, with all six I get nan.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(2)
HOURS = 96


class Station:
    def __init__(self, ident):
        rng = np.random.default_rng(100 + ident)
        hour = np.arange(HOURS)
        self.temp = 14 + 7 * np.sin(hour / 24 * 2 * np.pi) + rng.normal(size=HOURS)
        self.humidity = np.clip(65 - 2.0 * (self.temp - 14) + 5 * rng.normal(size=HOURS), 15, 100)
        if ident == 4:
            self.humidity[50:53] = 0.0        # hygrometer was serviced
        self.wind = rng.gamma(2.0, 1.5, HOURS)
        self.pm10 = 30 - 3 * self.wind + 0.1 * self.humidity + rng.normal(size=HOURS)

    def rows(self):
        for t in range(HOURS):
            yield np.array([self.temp[t], self.humidity[t], self.wind[t]], "float32"), np.float32(self.pm10[t])


class StationStream:
    """One generator per station, interleaved like the records arrive at the broker."""
    B, C = 17.625, 243.04

    def __init__(self, count):
        self.stations = [Station(i) for i in range(count)]

    def _generator(self, ident):
        yield from self.stations[int(ident)].rows()

    def _open(self, ident):
        signature = (tf.TensorSpec((3,), tf.float32), tf.TensorSpec((), tf.float32))
        return tf.data.Dataset.from_generator(self._generator, args=(ident,), output_signature=signature)

    def _dew_point(self, temp, humidity):
        gamma = tf.math.log(humidity / 100.0) + self.B * temp / (self.C + temp)  # whynan: log_of_zero phase=data also=inf_in_input,nan_in_input
        return self.C * gamma / (self.B - gamma)

    def _features(self, raw, pm10):
        temp, humidity, wind = tf.unstack(raw)
        dew = self._dew_point(temp, humidity)
        spread = temp - dew
        return tf.stack([temp / 10.0, humidity / 100.0, wind / 5.0, dew / 10.0, spread / 10.0]), pm10 / 30.0

    def dataset(self, batch):
        idents = tf.data.Dataset.range(len(self.stations))
        rows = idents.interleave(self._open, cycle_length=len(self.stations), block_length=4)
        return rows.map(self._features).batch(batch).prefetch(2)


def build():
    return keras.Sequential([
        keras.Input((5,)),
        layers.Dense(16, activation="tanh"),
        layers.Dense(16, activation="tanh"),
        layers.Dense(1),
    ])


def main():
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="huber")
    model.fit(StationStream(6).dataset(batch=24), epochs=3, verbose=2)


if __name__ == "__main__":
    main()
