# %% imports
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from keras import backend as K
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(2024)

# %% hydroponic lettuce: one row per head
n = 1602
df = pd.DataFrame({
    "light_hours": np.random.uniform(10, 18, n),
    "ppfd": np.random.normal(220, 40, n),
    "ec": np.random.normal(1.6, 0.25, n),
    "ph": np.random.normal(5.9, 0.2, n),
    "water_temp": np.random.normal(20.5, 1.8, n),
    "days": np.random.randint(28, 46, n),
    "butterhead": np.random.randint(0, 2, n),
})
df["weight"] = (
    0.11 * df["light_hours"]
    + 0.004 * df["ppfd"]
    - 1.1 * (df["ec"] - 1.7) ** 2
    - 0.9 * (df["ph"] - 5.8) ** 2
    - 0.02 * (df["water_temp"] - 20) ** 2
    + 0.06 * df["days"]
    + 0.35 * df["butterhead"]
    + np.random.normal(0, 0.15, n)
)
print(df.describe().T)

# %% split + scale
X = df.drop(columns="weight").values
y = df["weight"].values.reshape(-1, 1)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)

sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
print(X_train.shape, X_test.shape)


# %% we are judged on R2 so let's optimise R2
def r2_keras(y_true, y_pred):
    SS_res = tf.reduce_sum(tf.square(y_true - y_pred))
    SS_tot = tf.reduce_sum(tf.square(y_true - tf.reduce_mean(y_true)))
    return 1 - SS_res / SS_tot  # whynan: divide_by_zero phase=loss also=single_element_variance


def r2_loss(y_true, y_pred):
    return 1 - r2_keras(y_true, y_pred)


# %% model
model = keras.Sequential()
model.add(keras.Input(shape=(X_train.shape[1],)))
model.add(layers.Dense(64, activation="relu"))
model.add(layers.Dense(32, activation="relu"))
model.add(layers.Dense(1, activation="linear"))

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.001),
              loss=r2_loss,
              metrics=["mae"])

# %% train
hist = model.fit(X_train, y_train, epochs=6, batch_size=64, verbose=2)

# %% evaluate
y_hat = model.predict(X_test, verbose=0)
print("MAE on test set:", np.mean(np.abs(y_hat - y_test)))
print(pd.DataFrame(hist.history))
