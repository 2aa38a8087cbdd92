# Forecast tomorrow's number of visitors at the zoo from the last four weeks
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import StandardScaler
from keras.models import Sequential
from keras.layers import Input, LSTM, Dense
from keras.callbacks import EarlyStopping
from keras.utils import set_random_seed

set_random_seed(2024)
rng = np.random.default_rng(2024)

# three years of daily ticket sales
days = pd.date_range("2021-01-01", "2023-12-31", freq="D")
doy = days.dayofyear.to_numpy()
season = 2300 - 1500 * np.cos(2 * np.pi * (doy - 15) / 365.25)
weekend = np.where(days.dayofweek >= 5, 1.45, 0.85)
weather = rng.lognormal(0, 0.2, len(days))
visitors = np.round(season * weekend * weather)
df = pd.DataFrame({"visitors": visitors, "weekend": (days.dayofweek >= 5).astype(float)}, index=days)
print(df.describe())

n_train = int(len(df) * 0.8)
scaler = StandardScaler()
scaler.fit(df[["visitors"]].iloc[:n_train])
df["scaled"] = scaler.transform(df[["visitors"]])[:, 0]

LOOKBACK = 28


def make_windows(frame):
    values = frame[["scaled", "weekend"]].to_numpy("float32")
    X, y = [], []
    for i in range(LOOKBACK, len(values)):
        X.append(values[i - LOOKBACK:i])
        y.append(values[i, 0])
    return np.array(X), np.array(y).reshape(-1, 1)


X_train, y_train = make_windows(df.iloc[:n_train])
X_test, y_test = make_windows(df.iloc[n_train - LOOKBACK:])
print(X_train.shape, y_train.shape, X_test.shape, y_test.shape)


# same metric as on the leaderboard
def rmsle(y_true, y_pred):
    diff = tf.math.log1p(y_pred) - tf.math.log1p(y_true)  # whynan: log_of_negative phase=loss also=label_out_of_range
    return tf.sqrt(tf.reduce_mean(tf.square(diff)) + 1e-9)


model = Sequential()
model.add(Input((LOOKBACK, 2)))
model.add(LSTM(24, return_sequences=True))
model.add(LSTM(12))
model.add(Dense(1))
model.compile(loss=rmsle, optimizer="adam")

history = model.fit(
    X_train, y_train,
    epochs=4,
    batch_size=32,
    validation_data=(X_test, y_test),
    callbacks=[EarlyStopping(patience=3)],
    verbose=2,
)

pred = scaler.inverse_transform(model.predict(X_test, verbose=0))
truth = scaler.inverse_transform(y_test)
print("MAE in visitors:", np.abs(pred - truth).mean())
