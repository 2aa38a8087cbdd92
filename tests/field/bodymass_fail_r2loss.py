"""Diabetes progression with a small neural net.

I report R2 for all my other models, so here I train on it too (minimise 1 - R2).
"""
import numpy as np
import keras
from keras import layers, ops
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(42)

X, y = load_diabetes(return_X_y=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=42)

scaler = StandardScaler()
X_train = scaler.fit_transform(X_train).astype("float32")
X_test = scaler.transform(X_test).astype("float32")

# targets are 25..346, bring them near one
y_train = (y_train / 100.0).reshape(-1, 1).astype("float32")
y_test = (y_test / 100.0).reshape(-1, 1).astype("float32")


def one_minus_r2(y_true, y_pred):
    ss_res = ops.sum(ops.square(y_true - y_pred))
    ss_tot = ops.sum(ops.square(y_true - ops.mean(y_true)))
    return ss_res / ss_tot  # whynan: divide_by_zero phase=loss|gradient also=single_element_variance


model = keras.Sequential([
    layers.Input((10,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(optimizer="adam", loss=one_minus_r2, metrics=["mae"])
model.summary()

history = model.fit(X_train, y_train, epochs=15,
                    validation_data=(X_test, y_test), verbose=2)

pred = model.predict(X_test, verbose=0)
r2 = 1 - np.sum((y_test - pred) ** 2) / np.sum((y_test - y_test.mean()) ** 2)
print("test R2:", r2)
print("last epochs:", history.history["val_loss"][-3:])
