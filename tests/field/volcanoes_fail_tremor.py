"""Classify volcanic tremor windows (quiet, long-period, tectonic) from band energies."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.model_selection import train_test_split

EPOCHS = 12
BATCH_SIZE = 64
BASE_LR = 0.02


class PolynomialWarmup(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, then (1 - t/T)^power as in the DeepLab paper."""

    def __init__(self, base_lr, total_steps, warmup_steps=20, power=0.9):
        super().__init__()
        self.base_lr = base_lr
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps
        self.power = power

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        warm = tf.minimum(1.0, (step + 1.0) / self.warmup_steps)
        poly = tf.pow(1.0 - step / self.total_steps, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain
        return self.base_lr * warm * poly

    def get_config(self):
        return {
            "base_lr": self.base_lr,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
            "power": self.power,
        }


def tremor_windows(n, bands=16, seed=3):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, n)
    freq = np.linspace(0.5, 16, bands)
    base = rng.normal(0, 0.4, (n, bands))
    long_period = np.exp(-((freq - 2.0) ** 2) / 2.0)
    tectonic = np.exp(-((freq - 9.0) ** 2) / 10.0)
    gain = rng.gamma(4.0, 0.4, (n, 1))
    base += gain * ((kind == 1)[:, None] * long_period + (kind == 2)[:, None] * tectonic)
    return base.astype("float32"), kind.astype("int32")


keras.utils.set_random_seed(3)
x, y = tremor_windows(2500)
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=3)

norm = layers.Normalization()
norm.adapt(x_train)

model = keras.Sequential([
    keras.Input((16,)),
    norm,
    layers.Dense(32, activation="relu"),
    layers.Dense(32, activation="relu"),
    layers.Dense(3, activation="softmax"),
])

steps = EPOCHS * (len(x_train) // BATCH_SIZE)
model.compile(
    optimizer=keras.optimizers.SGD(PolynomialWarmup(BASE_LR, steps), momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
    verbose=2,
)
print("validation:", model.evaluate(x_val, y_val, verbose=0))
