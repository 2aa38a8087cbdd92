"""Will an asthma patient need the emergency room within a month?  Peak-flow diary, eight diary summaries per patient.

Warm-up works nicely, the loss falls for more than an epoch, and then everything is NaN from one update to the next.
Small batches with gradient accumulation because the real model is larger.
"""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(33)

RATE = dict(peak=2e-3, final=0.0, warmup=120, hold=120, decay=300)
BATCH, ACCUMULATE, EPOCHS = 16, 4, 6


class WarmHoldGeometric(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up, a plateau, then a straight line on the logarithmic axis from `peak` to `final`."""

    def __init__(self, peak, final, warmup, hold, decay):
        self.peak, self.final = peak, final
        self.warmup, self.hold, self.decay = warmup, hold, decay

    def __call__(self, step):
        step = ops.cast(step, "float32")
        warm = self.peak * (step + 1.0) / self.warmup
        progress = ops.clip((step - self.warmup - self.hold) / self.decay, 0.0, 1.0)
        log_rate = (1.0 - progress) * ops.log(self.peak) + progress * ops.log(self.final)  # whynan: lr_schedule_invalid phase=update also=log_of_zero
        return ops.where(step < self.warmup, warm, ops.exp(log_rate))

    def get_config(self):
        return dict(peak=self.peak, final=self.final, warmup=self.warmup, hold=self.hold, decay=self.decay)


def diary_summaries(n, rng):
    best = rng.normal(420, 80, n)
    drop = rng.beta(2, 6, n)
    night_symptoms = rng.poisson(1 + 8 * drop)
    reliever = rng.gamma(1.5, 1 + 6 * drop)
    variability = 5 + 40 * drop + rng.normal(0, 3, n)
    pollen = rng.uniform(0, 100, n)
    age = rng.integers(6, 75, n)
    adherence = rng.beta(5, 2, n)
    x = np.column_stack([best, best * (1 - drop), night_symptoms, reliever, variability, pollen, age, adherence])
    x = (x - x.mean(0)) / x.std(0)
    risk = -2.6 + 6 * drop + 0.01 * pollen - 1.2 * adherence
    y = (rng.random(n) < 1 / (1 + np.exp(-risk))).astype("float32")
    return x.astype("float32"), y


def build():
    return keras.Sequential([
        keras.Input((8,)),
        keras.layers.Dense(48, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4)),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])


def main():
    rng = np.random.default_rng(33)
    x, y = diary_summaries(1600, rng)
    share = y.mean()
    class_weight = {0: float(0.5 / (1 - share)), 1: float(0.5 / share)}
    print("emergencies:", int(y.sum()), "weights:", class_weight)

    optimizer = keras.optimizers.Adam(
        WarmHoldGeometric(**RATE), global_clipnorm=1.0, gradient_accumulation_steps=ACCUMULATE,
    )
    model = build()
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, class_weight=class_weight, verbose=2)


if __name__ == "__main__":
    main()
