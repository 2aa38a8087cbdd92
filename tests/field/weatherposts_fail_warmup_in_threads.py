"""Temperature of the next hour at weather posts, one GRU per post, trained in a background thread so that the window of
the program stays alive.

At first the error falls, then it grows and becomes inf and NaN.  I use a warm-up of the rate as advised.
Suspect that Keras is not safe in threads, but calling the function directly gives the same numbers.
"""
import threading

import keras
import numpy as np

keras.utils.set_random_seed(12)

SETTINGS = {
    "window": 16,
    "units": 64,
    "batch_size": 32,
    "epochs": 12,
    "peak_rate": 0.2,
    "warmup_epochs": 6,
    "momentum": 0.9,
}


def post_record(hours, altitude, rng):
    """Temperature (deg C), pressure (hPa) and humidity (%), as they are in the file."""
    t = np.arange(hours)
    slow = np.cumsum(rng.normal(0, 0.15, hours))
    slow -= np.linspace(slow[0], slow[-1], hours)
    temperature = 12 - 0.0065 * altitude + 5 * np.sin(2 * np.pi * (t - 9) / 24) + slow + rng.normal(0, 0.3, hours)
    pressure = 1013 * np.exp(-altitude / 8400) - 1.5 * slow + rng.normal(0, 0.5, hours)
    humidity = np.clip(75 - 2.5 * (temperature - 12) + rng.normal(0, 4, hours), 15, 100)
    return np.stack([temperature, pressure, humidity], axis=1).astype("float32")


def cut(record, window):
    x = np.stack([record[i:i + window] for i in range(len(record) - window)])
    return x, record[window:, :1]


def gru_net(settings):
    model = keras.Sequential([
        keras.Input((settings["window"], 3)),
        keras.layers.GRU(settings["units"]),
        keras.layers.Dense(1),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(settings["peak_rate"] / settings["warmup_epochs"], momentum=settings["momentum"]),
        loss="mse",
    )
    return model


class PostTrainer(threading.Thread):
    def __init__(self, name, model, x, y, settings):
        super().__init__(name=name, daemon=True)
        self.model, self.x, self.y, self.settings = model, x, y, settings
        self.losses = []

    def warm_up(self, epoch, rate):
        share = min(1.0, (epoch + 1) / self.settings["warmup_epochs"])
        return float(self.settings["peak_rate"] * share)

    def run(self):
        history = self.model.fit(self.x, self.y, batch_size=self.settings["batch_size"], epochs=self.settings["epochs"], callbacks=[keras.callbacks.LearningRateScheduler(self.warm_up)], verbose=0)  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,unscaled_input,unscaled_target
        self.losses = history.history["loss"]


def main(settings=SETTINGS):
    rng = np.random.default_rng(12)
    for name, altitude in (("valley", 240.0), ("ridge", 1130.0)):
        x, y = cut(post_record(320 + settings["window"], altitude, rng), settings["window"])
        worker = PostTrainer(name, gru_net(settings), x, y, settings)
        worker.start()
        while worker.is_alive():
            worker.join(timeout=0.2)  # here the window would redraw
        print(name, " ".join(f"{loss:.3g}" for loss in worker.losses))


if __name__ == "__main__":
    main()
