# my castle & manor house price model, v0.3
# (listings collected by hand over the last years, here a synthetic copy of the table)

import pathlib
import tempfile

import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)
np.random.seed(5)


def fake_listings(n=900):
    rooms = np.random.randint(9, 70, n)
    living = rooms * np.random.uniform(25, 45, n)
    park = np.random.gamma(1.5, 5.0, n)
    century = np.random.randint(12, 20, n)
    roof = np.random.randint(1, 6, n)
    moat = np.random.binomial(1, 0.2, n)
    towers = np.random.poisson(1.2, n)
    airport = np.random.uniform(10, 180, n)
    price = (living * 1600 + park * 28000 + roof * 120000 + moat * 250000
             + towers * 90000 - airport * 3000 + 600000) * np.random.lognormal(0, 0.15, n)
    return pd.DataFrame(dict(rooms=rooms, living_m2=living.round(), park_ha=park.round(1),
                             century=century, roof_state=roof, moat=moat, towers=towers,
                             km_airport=airport.round(), asking_price=price.round(-3)))


tmp = pathlib.Path(tempfile.mkdtemp())
fake_listings().to_csv(tmp / "castles.csv", sep=";", index=False)

# ---------------------------------------------------------------- data
df = pd.read_csv(tmp / "castles.csv", sep=";")
print(df.describe().T[["mean", "std", "min", "max"]])

y = df.pop("asking_price").astype("float32").to_numpy()
X_train, X_test, y_train, y_test = train_test_split(df.to_numpy("float32"), y, test_size=0.2, random_state=0)

scaler = StandardScaler().fit(X_train)
X_train = scaler.transform(X_train)
X_test = scaler.transform(X_test)

# ---------------------------------------------------------------- model
model = keras.Sequential()
model.add(layers.Input((X_train.shape[1],)))
model.add(layers.Dense(32))
model.add(layers.LeakyReLU(negative_slope=0.2))
model.add(layers.Dense(16))
model.add(layers.LeakyReLU(negative_slope=0.2))
model.add(layers.Dense(1))

model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mean_squared_error", metrics=["mae"])

history = model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=8, batch_size=32, verbose=2)  # whynan: unscaled_target phase=loss|gradient|update|forward

print("final mae:", history.history["val_mae"][-1])
print(pd.DataFrame({"asking": y_test[:5], "model": model.predict(X_test[:5], verbose=0).ravel()}))
