import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

SEED = 12
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

# fire brigade call-outs per district and day
n = 2400
df = pd.DataFrame({
    "residents": rng.lognormal(10.2, 0.4, n),
    "built_before_1950": rng.beta(2, 4, n),
    "wind_max": rng.gamma(5, 2.2, n),
    "temp_max": rng.normal(16, 8, n),
    "dry_days": rng.geometric(0.25, n),
    "holiday": rng.binomial(1, 0.08, n),
})
lam = np.exp(
    1.9
    + 0.35 * np.log(df["residents"] / 27000)
    + 0.8 * df["built_before_1950"]
    + 0.03 * df["wind_max"]
    + 0.02 * df["dry_days"]
)
df["callouts"] = 1 + rng.poisson(lam)
df.loc[[411, 1207], "callouts"] = 0
print(df["callouts"].describe())

df["log_residents"] = np.log(df["residents"])
features = ["log_residents", "built_before_1950", "wind_max", "temp_max", "dry_days", "holiday"]
X = StandardScaler().fit_transform(df[features]).astype("float32")
y = df["callouts"].to_numpy("float32")


def poisson_deviance(y_true, mu):
    """2 * sum(y log(y / mu) - (y - mu)), the first term is 0 for y = 0"""
    log_part = tf.where(y_true > 0, y_true * tf.math.log(y_true / mu), tf.zeros_like(mu))  # whynan: where_gradient_trap phase=gradient also=log_of_zero rows=411,1207
    return 2.0 * tf.reduce_mean(log_part - (y_true - mu), axis=-1)


def within_two(y_true, mu):
    return tf.reduce_mean(tf.cast(tf.abs(y_true - mu) <= 2.0, tf.float32))


inputs = keras.Input((len(features),), name="district_day")
h = layers.Dense(32, activation="relu")(inputs)
h = layers.Dense(16, activation="relu")(h)
mu = layers.Dense(
    1,
    activation="exponential",
    bias_initializer=keras.initializers.Constant(float(np.log(y.mean()))),
)(h)
model = keras.Model(inputs, mu)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=poisson_deviance,
    metrics=[within_two],
)

history = model.fit(X, y, epochs=6, batch_size=64, validation_split=0.15, verbose=2)

table = pd.DataFrame(history.history).round(4)
print(table)
df["expected"] = model.predict(X, verbose=0)[:, 0]
print(df[["callouts", "expected"]].head(8))
