# Drying time of letterpress prints (minutes), from the press log.
# Rate: hold for a few epochs, then anneal evenly on a log scale.
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

SEED = 5
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

EPOCHS = 14
HOLD = 4
LR_START = 3e-3
LR_END = 0.0


def press_log(n=1600):
    df = pd.DataFrame({
        "ink_g_m2": rng.normal(1.6, 0.35, n).clip(0.5, 3.0),
        "humidity": rng.uniform(30, 75, n),
        "room_c": rng.normal(20.5, 2.0, n),
        "paper_g": rng.choice([120, 160, 220, 300, 600], n),
        "cotton": rng.integers(0, 2, n),
        "impressions": rng.integers(1, 4, n),
    })
    minutes = (
        40.0 * df.ink_g_m2 * df.impressions
        * (1 + 0.012 * (df.humidity - 50))
        * np.exp(-0.03 * (df.room_c - 20))
        * np.where(df.cotton == 1, 0.7, 1.0)
    )
    df["minutes"] = minutes * rng.lognormal(0, 0.08, n)
    return df


def rate(epoch, lr):
    if epoch < HOLD:
        return LR_START
    steps = np.logspace(np.log10(LR_START), np.log10(LR_END), EPOCHS - HOLD)  # whynan: lr_schedule_invalid phase=update also=log_of_zero
    return float(steps[epoch - HOLD])


df = press_log()
df = df.sample(frac=1.0, random_state=SEED).reset_index(drop=True)
y = np.log(df.pop("minutes").to_numpy())
y = ((y - y.mean()) / y.std()).astype("float32")
X = StandardScaler().fit_transform(df).astype("float32")

model = keras.Sequential([
    keras.Input((X.shape[1],)),
    layers.Dense(48, activation="swish"),
    layers.Dropout(0.1),
    layers.Dense(24, activation="swish"),
    layers.Dense(1),
])
model.compile(keras.optimizers.Adam(LR_START), loss="mse", metrics=["mae"])

history = model.fit(
    X, y,
    epochs=EPOCHS,
    batch_size=64,
    validation_split=0.2,
    callbacks=[keras.callbacks.LearningRateScheduler(rate)],
    verbose=2,
)

table = pd.DataFrame(history.history)
print(table[["loss", "val_loss"]].tail(3).round(4).to_string())
