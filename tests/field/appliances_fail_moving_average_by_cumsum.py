"""Tomorrow's consumption of a home from the five-minute readings of its smart meter.

I switched the policy to mixed_float16 for the new cards. Since then the training loss that fit prints is nan from the
first epoch on, but val_loss is a perfectly normal number and goes down. In float32 the same file trains well.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(31)
keras.mixed_precision.set_global_policy("mixed_float16")

READINGS = 288          # one day, every five minutes
HEAT_PUMP_HOMES = [17, 158, 301, 444]


def simulate_days(n, rng):
    """Watts drawn by n homes over one day."""
    hour = np.arange(READINGS) / 12.0
    morning = np.exp(-0.5 * ((hour - 7.5) / 1.0) ** 2)
    evening = np.exp(-0.5 * ((hour - 19.0) / 1.5) ** 2)
    base = rng.uniform(55.0, 105.0, size=(n, 1))
    shape = 1.0 + rng.uniform(0.4, 0.9, (n, 1)) * morning + rng.uniform(0.8, 1.3, (n, 1)) * evening
    watts = base * shape * rng.lognormal(0.0, 0.2, size=(n, READINGS))
    for home in HEAT_PUMP_HOMES:
        cycle = (np.arange(READINGS) // 6) % 2
        watts[home] += 1150.0 * cycle
    return watts.astype("float32")


class TrailingMean(layers.Layer):
    """Mean of the last `window` readings, in O(T): one running total and one subtraction."""

    def __init__(self, window, **kwargs):
        super().__init__(**kwargs)
        self.window = window

    def call(self, watts):
        w = self.window
        total = ops.cumsum(watts, axis=1)  # whynan: float16_overflow phase=forward rows=17,158,301,444 also=unscaled_input
        before = ops.pad(total, [[0, 0], [w, 0], [0, 0]])[:, :-w]
        return ((total - before) / w)[:, w - 1::w]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[1] // self.window, input_shape[2])


def build_model():
    day = keras.Input((READINGS, 1), name="watts")
    hourly = TrailingMean(12, name="hourly_mean")(day)
    hourly = layers.Rescaling(1.0 / 200.0)(hourly)
    x = layers.Flatten()(hourly)
    x = layers.Dense(32, activation="tanh")(x)
    x = layers.Dense(16, activation="tanh")(x)
    kwh = layers.Dense(1, dtype="float32", name="kwh_tomorrow")(x)
    model = keras.Model(day, kwh)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    return model


def main():
    rng = np.random.default_rng(31)
    watts = simulate_days(600, rng)
    today_kwh = watts.mean(axis=1) * 24.0 / 1000.0
    tomorrow_kwh = 0.3 + 0.9 * today_kwh + rng.normal(0.0, 0.1, 600)
    model = build_model()
    history = model.fit(watts[..., None], tomorrow_kwh.astype("float32"), batch_size=32, epochs=4,
                        validation_split=0.2, verbose=0)
    for epoch, (a, b) in enumerate(zip(history.history["loss"], history.history["val_loss"])):
        print(f"epoch {epoch}: loss {a:.4f}  val_loss {b:.4f}")


if __name__ == "__main__":
    main()
