"""24 h intensity change of hurricanes from environmental predictors (SHIPS-like table)."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(303)

EPOCHS = 12
BATCH = 64


class PolyDecay(keras.callbacks.Callback):
    """lr = base * (1 - step / total) ** power, as in the DeepLab papers."""

    def __init__(self, base, total, power=0.9):
        super().__init__()
        self.base = base
        self.total = total
        self.power = power
        self.step = 0
        self.history = []

    def on_train_batch_begin(self, batch, logs=None):
        left = 1.0 - self.step / self.total
        self.model.optimizer.learning_rate = self.base * np.power(left, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain
        self.step += 1

    def on_epoch_end(self, epoch, logs=None):
        self.history.append((epoch, logs["loss"]))


def ships_table(n=1000, seed=303):
    rng = np.random.default_rng(seed)
    sst = rng.normal(28.0, 1.2, n)
    shear = rng.gamma(3.0, 3.0, n)
    humidity = rng.normal(60.0, 9.0, n)
    vmax = rng.gamma(6.0, 11.0, n)
    lat = rng.uniform(10, 35, n)
    ocean_heat = rng.gamma(2.0, 25.0, n)
    dv = (6.0 * (sst - 27.5) - 1.1 * (shear - 9.0) + 0.2 * (humidity - 60.0)
          + 0.05 * ocean_heat - 0.08 * vmax - 0.2 * (lat - 20) + rng.normal(0, 5.0, n))
    x = np.stack([sst, shear, humidity, vmax, lat, ocean_heat], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    return x.astype("float32"), (dv / 10.0).astype("float32")[:, None]


def main():
    x, y = ships_table()
    x_test, y_test = ships_table(200, seed=304)

    model = keras.Sequential([
        layers.Input((x.shape[1],)),
        layers.Dense(32, activation="gelu"),
        layers.Dense(16, activation="gelu"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.9), loss="mse")

    steps_per_epoch = len(x) // BATCH
    decay = PolyDecay(base=0.02, total=EPOCHS * steps_per_epoch)
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, callbacks=[decay], verbose=2)

    print("test mse", model.evaluate(x_test, y_test, verbose=0))
    for epoch, loss in decay.history[-3:]:
        print(epoch, round(loss, 4))


if __name__ == "__main__":
    main()
