import numpy as np
import pandas as pd
import keras
from keras.models import Sequential
from keras.layers import Dense, LeakyReLU
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)

# second hand sailing yachts, asking price in EUR
n = 1400
length = np.random.uniform(7, 18, n)
beam = 0.28 * length + np.random.normal(0, 0.2, n)
year = np.random.randint(1975, 2024, n)
cabins = np.clip(np.round(length / 4 + np.random.normal(0, 0.5, n)), 1, 6)
engine_hp = 2.4 * length + np.random.normal(0, 6, n)
engine_hours = (2024 - year) * np.random.uniform(20, 110, n)
teak_deck = np.random.randint(0, 2, n)

price = (
    900 * length ** 2.2
    * np.exp(-0.025 * (2024 - year))
    * (1 + 0.05 * teak_deck)
    * np.random.lognormal(0, 0.15, n)
)

dataset = pd.DataFrame({
    'length': length, 'beam': beam, 'year': year, 'cabins': cabins,
    'hp': engine_hp, 'hours': engine_hours, 'teak': teak_deck,
    'price': price.round(-2),
})
print(dataset.describe().T[['mean', 'std', 'min', 'max']])

X = dataset.iloc[:, 0:7].values
y = dataset.iloc[:, 7].values

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)

# Feature Scaling
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)

# Initialising the ANN
model = Sequential()
model.add(keras.Input(shape=(7,)))

# first and second hidden layer
model.add(Dense(64))
model.add(LeakyReLU(negative_slope=0.3))
model.add(Dense(64))
model.add(LeakyReLU(negative_slope=0.3))

# output layer
model.add(Dense(1))

model.compile(optimizer='sgd', loss='mean_squared_error', metrics=['mae'])

history = model.fit(X_train, y_train, batch_size=32, epochs=8, validation_split=0.1, verbose=2)  # whynan: unscaled_target phase=forward|loss|gradient|update

y_pred = model.predict(X_test, verbose=0)
print(np.concatenate((y_pred[:5], y_test[:5].reshape(-1, 1)), axis=1))
print('MAE', np.mean(np.abs(y_pred[:, 0] - y_test)))
