"""Asking price of second-hand delivery vans from a scraped table.

Half of the sellers do not fill in the form, so the table is full of holes. Instead of
imputing with the median (my first version) the network learns what to put in there.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def scrape(n=2200):
    age = rng.gamma(3.0, 2.2, n).clip(0, 22)
    km = (age * rng.normal(19000, 5000, n)).clip(500, 420000)
    power = rng.choice([75, 90, 110, 131, 150, 177], n).astype(float)
    payload = rng.normal(1050, 220, n).clip(400, 1900)
    owners = 1 + rng.poisson(age / 5)
    tow_bar = rng.integers(0, 2, n)
    price = 31000 * np.exp(-0.115 * age - km / 600000) + 70 * (power - 110) + 4 * (payload - 1050)
    price = (price * rng.lognormal(0, 0.1, n)).clip(600)
    df = pd.DataFrame(dict(age=age, km=km, power=power, payload=payload,
                           owners=owners.astype(float), tow_bar=tow_bar.astype(float), price=price))
    for col, share in [("km", 0.08), ("power", 0.25), ("payload", 0.55), ("owners", 0.4), ("tow_bar", 0.15)]:
        df.loc[rng.random(n) < share, col] = np.nan
    return df


class LearnedFill(keras.layers.Layer):
    """Replaces the holes by a trained value per column and appends the flags."""

    def build(self, input_shape):
        self.fill = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="fill")

    def call(self, x):
        hole = tf.math.is_nan(x)
        filled = tf.where(hole, self.fill, x)
        return tf.concat([filled, tf.cast(hole, x.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 2 * input_shape[-1])


df = scrape()
print(df.isna().mean().round(2))

features = ["age", "km", "power", "payload", "owners", "tow_bar"]
train = df.sample(frac=0.8, random_state=3)
test = df.drop(train.index)

mu, sd = train[features].mean(), train[features].std()
x_train = ((train[features] - mu) / sd).to_numpy("float32")
x_test = ((test[features] - mu) / sd).to_numpy("float32")
y_train = np.log(train["price"].to_numpy("float32") / 10000.0)
y_test = np.log(test["price"].to_numpy("float32") / 10000.0)

model = keras.Sequential([
    keras.Input((len(features),)),
    LearnedFill(),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
history = model.fit(x_train, y_train, epochs=12, batch_size=64, validation_data=(x_test, y_test), verbose=2)  # whynan: healthy

pred = 10000.0 * np.exp(model.predict(x_test, verbose=0)[:, 0])
err = np.abs(pred - test["price"].to_numpy())
print("median error in euro:", float(np.median(err)))
print("values the network fills in:", dict(zip(features, model.layers[0].get_weights()[0].round(2))))
