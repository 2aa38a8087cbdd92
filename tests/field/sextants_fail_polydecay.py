"""Predict the index correction (arc minutes) of old marine sextants from workshop measurements."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(12)

BATCH = 64
EPOCHS = 8


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """lr = base * (1 - step / total) ** power, the DeepLab schedule."""

    def __init__(self, base, total, power=0.9):
        super().__init__()
        self.base = base
        self.total = total
        self.power = power

    def __call__(self, step):
        done = tf.cast(step, tf.float32) / float(self.total)
        return self.base * tf.pow(1.0 - done, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "total": self.total, "power": self.power}


def workshop_table(n):
    rng = np.random.default_rng(12)
    df = pd.DataFrame(
        {
            "arc_radius_mm": rng.normal(165, 12, n),
            "temperature": rng.normal(17, 6, n),
            "mirror_play_um": rng.gamma(2.0, 9.0, n),
            "vernier_wear_um": rng.gamma(1.5, 6.0, n),
            "frame_bend_um": rng.normal(0, 14, n),
            "age_years": rng.uniform(5, 140, n),
            "brass_frame": rng.integers(0, 2, n),
        }
    )
    minutes = (
        3.4 * df.mirror_play_um / df.arc_radius_mm * 10
        + 0.03 * df.frame_bend_um * (1 + 0.4 * df.brass_frame)
        + 0.02 * (df.temperature - 15) * df.brass_frame
        + 0.05 * df.vernier_wear_um * np.sqrt(df.age_years / 70)
    )
    df["correction"] = minutes + rng.normal(0, 0.25, n)
    return df


df = workshop_table(1250)
test = df.sample(frac=0.2, random_state=12)
train = df.drop(test.index)

cols = [c for c in df.columns if c != "correction"]
mu, sd = train[cols].mean(), train[cols].std()
x_train = ((train[cols] - mu) / sd).to_numpy("float32")
x_test = ((test[cols] - mu) / sd).to_numpy("float32")
y_mu, y_sd = train.correction.mean(), train.correction.std()
y_train = ((train.correction - y_mu) / y_sd).to_numpy("float32")
y_test = ((test.correction - y_mu) / y_sd).to_numpy("float32")

total_steps = EPOCHS * (len(x_train) // BATCH)

model = keras.Sequential(
    [
        keras.layers.Input((len(cols),)),
        keras.layers.Dense(64, activation="tanh"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(PolyDecay(0.05, total_steps), momentum=0.9),
    loss="mse",
    metrics=["mae"],
)
hist = model.fit(
    x_train,
    y_train,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(x_test, y_test),
    verbose=2,
)

pred = model.predict(x_test, verbose=0)[:, 0] * y_sd + y_mu
print("error on the test sextants (arc min):", np.mean(np.abs(pred - test.correction)))
