import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)
EPOCHS, BATCH = 45, 50


def tide_gauge(n=1000):
    rng = np.random.default_rng(1)
    t = np.arange(n + 24)
    level = np.sin(2 * np.pi * t / 12.4) + 0.4 * np.sin(2 * np.pi * t / 24) + 0.05 * rng.normal(size=n + 24)
    x = np.stack([level[i:i + 24] for i in range(n)]).astype("float32")
    return x[..., None], level[24:].astype("float32")


def make_schedule(lr, samples, batch):
    steps_per_epoch = samples // batch
    # "divide by 1.5 every epoch"
    return keras.optimizers.schedules.ExponentialDecay(lr, decay_steps=steps_per_epoch, decay_rate=1.5, staircase=True)


def build():
    return keras.Sequential([
        keras.Input((24, 1)),
        layers.Conv1D(8, 5, activation="tanh"),
        layers.GRU(12),
        layers.Dense(1),
    ])


class PrintRate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 == 0:
            print(epoch, "loss", logs["loss"])


x, y = tide_gauge()
model = build()
model.compile(optimizer=keras.optimizers.SGD(make_schedule(0.01, len(x), BATCH), nesterov=True, momentum=0.5), loss="mse")
model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, callbacks=[PrintRate()], verbose=0)  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient,lr_schedule_invalid
