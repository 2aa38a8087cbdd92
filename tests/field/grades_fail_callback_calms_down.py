"""Predict the final grade of Portuguese pupils (course project). Because the validation loss jumped a lot I wrote a small
callback that lowers the rate when the last few epochs were noisy, with a floor so that it never gets too small. Epoch 1 is
always good. From epoch 2 on everything is nan. Without the callback it trains to the end.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

n = 640
pupils = pd.DataFrame({
    "age": rng.integers(15, 20, n),
    "studytime": rng.integers(1, 5, n),
    "failures": rng.choice([0, 0, 0, 0, 1, 2, 3], n),
    "absences": rng.poisson(5, n),
    "goout": rng.integers(1, 6, n),
    "medu": rng.integers(0, 5, n),
})
talent = rng.normal(0, 2.2, n)
pupils["G1"] = np.clip(np.round(10.5 + pupils.studytime * 0.4 - pupils.failures + talent), 0, 20)
pupils["G2"] = np.clip(np.round(pupils.G1 + rng.normal(0, 1.3, n)), 0, 20)
pupils["G3"] = np.clip(np.round(0.3 * pupils.G1 + 0.7 * pupils.G2 - 0.05 * pupils.absences + rng.normal(0, 1, n)), 0, 20)

X = pupils.drop(columns="G3").to_numpy("float32")
y = (pupils["G3"].to_numpy("float32") - 10) / 5
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=5)
scaler = StandardScaler().fit(X_train)
X_train, X_val = scaler.transform(X_train), scaler.transform(X_val)


class CalmDown(keras.callbacks.Callback):
    """Lower rate while the validation loss is jumpy, back to the base rate when it is quiet."""

    def __init__(self, base=0.01, window=4, floor=1e-4):
        super().__init__()
        self.base = base
        self.window = window
        self.floor = floor
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(logs["val_loss"])
        last = np.array(self.seen[-self.window:])
        rate = self.base / (1 + 10 * np.std(last, ddof=1) / last.mean())  # whynan: lr_schedule_invalid phase=update also=single_element_variance
        self.model.optimizer.learning_rate = max(rate, self.floor)


model = keras.Sequential([
    layers.Input((X_train.shape[1],)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
history = model.fit(
    X_train, y_train,
    validation_data=(X_val, y_val),
    epochs=8, batch_size=32, verbose=2,
    callbacks=[CalmDown()],
)
print("mae in points:", 5 * history.history["val_mae"][-1])
