import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import MinMaxScaler
from tensorflow import keras
from tensorflow.keras import layers

# Forecast the number of doughnuts sold next day, so that the bakery in the
# station knows how much dough to prepare. 3 years of daily till data.

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

LOOKBACK = 28
N_DAYS = 1100


def make_till_data():
    idx = pd.date_range("2021-01-01", periods=N_DAYS, freq="D")
    t = np.arange(N_DAYS)
    level = 420 + 0.15 * t
    weekly = np.array([1.0, 0.95, 0.97, 1.05, 1.2, 1.35, 0.8])[idx.dayofweek]
    yearly = 1 + 0.12 * np.cos(2 * np.pi * (idx.dayofyear.to_numpy() - 20) / 365)
    sold = rng.poisson(level * weekly * yearly).astype(float)
    temp = 10 - 9 * np.cos(2 * np.pi * (idx.dayofyear.to_numpy() - 15) / 365) + rng.normal(0, 2.5, N_DAYS)
    df = pd.DataFrame({"sold": sold, "temp": temp}, index=idx)
    # station is closed on these two
    holiday = ((idx.month == 12) & (idx.day == 25)) | ((idx.month == 1) & (idx.day == 1))
    df.loc[holiday, "sold"] = 0.0
    df["dow_sin"] = np.sin(2 * np.pi * idx.dayofweek / 7)
    df["dow_cos"] = np.cos(2 * np.pi * idx.dayofweek / 7)
    return df


def windows(arr, lookback):
    xs, ys = [], []
    for i in range(len(arr) - lookback):
        xs.append(arr[i:i + lookback])
        ys.append(arr[i + lookback, 0])
    return np.array(xs, dtype="float32"), np.array(ys, dtype="float32").reshape(-1, 1)


def mape(y_true, y_pred):
    """The boss wants percent."""
    return 100.0 * tf.reduce_mean(tf.abs((y_true - y_pred) / y_true))  # whynan: divide_by_zero phase=loss rows=330,337,695,702


df = make_till_data()
df["last_week"] = df["sold"].rolling(7).mean()     # only for the plot / sanity print
print(df.tail(3).round(2))
print("days:", len(df), " missing:", int(df["last_week"].isna().sum()))

cols = ["sold", "temp", "dow_sin", "dow_cos"]
split = int(0.8 * len(df))
train_raw, test_raw = df[cols].to_numpy()[:split], df[cols].to_numpy()[split - LOOKBACK:]

scaler = MinMaxScaler()
train = scaler.fit_transform(train_raw)
test = scaler.transform(test_raw)

x_train, y_train = windows(train, LOOKBACK)
x_test, y_test = windows(test, LOOKBACK)
print("train", x_train.shape, y_train.shape, "test", x_test.shape)

model = keras.Sequential([
    keras.Input((LOOKBACK, len(cols))),
    layers.LSTM(24, return_sequences=True),
    layers.Dropout(0.1),
    layers.LSTM(12),
    layers.Dense(8, activation="tanh"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003, clipnorm=1.0),
    loss=mape,
    metrics=["mae"],
)

history = model.fit(
    x_train, y_train,
    epochs=4,
    batch_size=32,
    verbose=2,
    callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=3)],
)

# back to doughnuts
span = scaler.data_max_[0] - scaler.data_min_[0]
pred = model.predict(x_test, verbose=0)[:, 0] * span + scaler.data_min_[0]
true = y_test[:, 0] * span + scaler.data_min_[0]
naive = np.roll(true, 7)[7:]

print("MAE model  : %.1f doughnuts" % np.mean(np.abs(pred - true)))
print("MAE 7d lag : %.1f doughnuts" % np.mean(np.abs(naive - true[7:])))
for day, p, r in list(zip(df.index[split:], pred, true))[:5]:
    print(day.date(), "forecast", round(float(p), 1), "real", round(float(r)))
