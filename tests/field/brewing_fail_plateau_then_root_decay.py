"""Final gravity of a fermentation from the first day's log: small regression net, tf.data, own schedule.

Eleven epochs look perfect, loss falls to its best value and in the twelfth and last one everything is nan.
Reproducible. With more epochs it is again the last one (or the last but one).
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(9)

BATCH = 64
EPOCHS = 12


class PlateauThenRootDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, long plateau, then a fall to zero along a square root."""

    def __init__(self, peak, total_steps, warmup=0.05, decay=0.4):
        self.peak = peak
        self.total_steps = total_steps
        self.warmup_steps = max(1, int(warmup * total_steps))
        self.decay_steps = max(1, int(decay * total_steps))
        self.decay_start = total_steps - self.decay_steps

    def __call__(self, step):
        step = keras.ops.cast(step, "float32")
        rise = keras.ops.minimum((step + 1.0) / self.warmup_steps, 1.0)
        progress = (step - self.decay_start) / self.decay_steps
        fall = keras.ops.sqrt(1.0 - progress)  # whynan: lr_schedule_invalid phase=update also=sqrt_of_negative
        return self.peak * keras.ops.where(step < self.decay_start, rise, fall)

    def get_config(self):
        return {"peak": self.peak, "total_steps": self.total_steps}


def fermentations(n, rng):
    start = rng.normal(1.055, 0.010, n)
    pitch = rng.normal(0.9, 0.2, n)
    temperature = rng.normal(19.5, 1.8, n)
    oxygen = rng.normal(9.0, 1.5, n)
    attenuation = 0.74 + 0.02 * (temperature - 19.5) / 1.8 + 0.015 * (pitch - 0.9) / 0.2
    final = 1 + (start - 1) * (1 - attenuation) + rng.normal(0, 0.0006, n)
    x = np.stack([start, pitch, temperature, oxygen], axis=1)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), ((final - final.mean()) / final.std()).astype("float32")


x, y = fermentations(1250, np.random.default_rng(9))
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=0)

train = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1000, seed=9).batch(BATCH)
test = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(BATCH)

steps_per_epoch = len(x_train) // BATCH
schedule = PlateauThenRootDecay(peak=4e-3, total_steps=EPOCHS * steps_per_epoch)

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.AdamW(schedule, weight_decay=1e-4), loss="mse")
model.fit(train, validation_data=test, epochs=EPOCHS, verbose=2)
