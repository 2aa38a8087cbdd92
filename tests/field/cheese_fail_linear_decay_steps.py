"""Ripeness of cheese from near infrared readings. SGD with a rate that falls linearly to zero. One epoch is fine and the
error nice and small. With twenty epochs it first gets better, then worse and worse until nan."""
import numpy as np
import keras
from keras import layers, ops

SETTINGS = {
    "wheels": 640,
    "bands": 12,
    "batch_size": 32,
    "epochs": 20,
    "peak_rate": 0.05,
    "hidden": (32, 16),
}


class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """peak at step 0, zero at the last step."""

    def __init__(self, peak, total_steps):
        self.peak = peak
        self.total_steps = total_steps

    def __call__(self, step):
        progress = ops.cast(step, "float32") / self.total_steps
        return self.peak * (1.0 - progress)

    def get_config(self):
        return {"peak": self.peak, "total_steps": self.total_steps}


def measured_wheels(n, bands):
    rng = np.random.default_rng(77)
    weeks = rng.uniform(4, 60, n)
    dryness = np.log(weeks) - 3.0 + 0.1 * rng.normal(size=n)
    shape = np.sin(np.linspace(0, 3, bands))
    spectra = dryness[:, None] * shape + 0.3 * rng.normal(size=(n, bands)) + rng.normal(0, 0.4, (n, 1))
    spectra = (spectra - spectra.mean(0)) / spectra.std(0)
    score = (dryness - dryness.mean()) / dryness.std()
    return spectra.astype("float32"), score.astype("float32")


def build(bands, hidden):
    model = keras.Sequential([layers.Input((bands,))])
    for width in hidden:
        model.add(layers.Dense(width, activation="elu"))
    model.add(layers.Dense(1))
    return model


def run(cfg):
    keras.utils.set_random_seed(77)
    x, y = measured_wheels(cfg["wheels"], cfg["bands"])
    total = len(x) // cfg["batch_size"]
    model = build(cfg["bands"], cfg["hidden"])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=LinearDecay(cfg["peak_rate"], total)),
        loss="mse",
        metrics=["mae"],
    )
    return model.fit(x, y, batch_size=cfg["batch_size"], epochs=cfg["epochs"], verbose=0)  # whynan: lr_schedule_invalid phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high,wrong_sign_loss


if __name__ == "__main__":
    history = run(SETTINGS)
    for epoch, (loss, mae) in enumerate(zip(history.history["loss"], history.history["mae"]), 1):
        print(f"{epoch:2d}  mse {loss:.4g}  mae {mae:.4g}")
