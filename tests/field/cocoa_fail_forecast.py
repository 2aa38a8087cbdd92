# Predicting tomorrow's cocoa price with an LSTM
# (adapted from a stock price tutorial)

# In[1]:
import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import LSTM, Dense, Dropout
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(7)

# In[2]:
n_days = 900
rng = np.random.default_rng(7)
dates = pd.date_range("2019-01-01", periods=n_days, freq="D")
shocks = rng.normal(0.0004, 0.012, n_days)
season = 60 * np.sin(2 * np.pi * np.arange(n_days) / 182)
df = pd.DataFrame({
    "date": dates,
    "close": 2400 * np.exp(np.cumsum(shocks)) + season,
    "volume": rng.integers(8000, 40000, n_days),
})
df = df.set_index("date")
print(df.head())

# In[3]:
# some technical indicators
df["range"] = df["close"].abs() * rng.uniform(0.005, 0.03, n_days)
df["ma20"] = df["close"].rolling(20).mean()  # whynan: nan_in_input phase=data rows=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18
df["month"] = df.index.month

features = ["close", "volume", "range", "ma20", "month"]
print(df[features].tail())

# In[4]:
scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(df[features].values)

look_back = 30
X, y = [], []
for i in range(len(scaled) - look_back):
    X.append(scaled[i:i + look_back])
    y.append(scaled[i + look_back, 0])
X, y = np.array(X), np.array(y)
print(X.shape, y.shape)

# In[5]:
split = int(len(X) * 0.85)
X_train, X_test = X[:split], X[split:]
y_train, y_test = y[:split], y[split:]

# In[6]:
model = Sequential()
model.add(keras.Input(shape=(look_back, len(features))))
model.add(LSTM(32, return_sequences=True))
model.add(Dropout(0.2))
model.add(LSTM(16))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mean_squared_error")
model.summary()

# In[7]:
history = model.fit(X_train, y_train, epochs=4, batch_size=32,
                    validation_data=(X_test, y_test), verbose=2)

# In[8]:
pred = model.predict(X_test, verbose=0)
span = scaler.data_max_[0] - scaler.data_min_[0]
price = pred[:, 0] * span + scaler.data_min_[0]
print("last predicted price:", price[-1])
print(history.history["loss"])
