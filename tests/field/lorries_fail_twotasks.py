"""Fuel use and tyre wear of a haulage fleet with one network.

The two losses are balanced as in Kendall, Gal & Cipolla (2018). Wear sensors
were retrofitted during the second year.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(88)
rng = np.random.default_rng(88)


def trips(n=5600):
    t = pd.DataFrame({
        "day": np.sort(rng.integers(0, 700, n)),
        "km": rng.gamma(4, 60, n),
        "load_t": rng.uniform(2, 24, n),
        "climb_m": rng.gamma(2, 250, n),
        "temp": rng.normal(11, 8, n),
        "axles": rng.choice([3, 4, 5], n),
    })
    t["fuel"] = (18 + 0.55 * t["load_t"] + 0.004 * t["climb_m"]
                 - 0.08 * t["temp"] + rng.normal(0, 1.5, n))
    wear = 0.02 * t["load_t"] / t["axles"] + 0.0002 * t["km"] + rng.normal(0, 0.02, n)
    t["wear"] = wear.where(t["day"] >= 430)
    return t


df = trips()
cols = ["km", "load_t", "climb_m", "temp", "axles"]
x = ((df[cols] - df[cols].mean()) / df[cols].std()).to_numpy("float32")
fuel = (df["fuel"] - df["fuel"].mean()) / df["fuel"].std()
wear = (df["wear"] - df["wear"].mean()) / df["wear"].std()
measured = df["wear"].notna()
y = np.stack([fuel, wear.fillna(0.0), measured], axis=1).astype("float32")
print(df.describe().round(2))


class FleetModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk = keras.Sequential([
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
        ])
        self.fuel_head = layers.Dense(1)
        self.wear_head = layers.Dense(1)
        self.s_fuel = self.add_weight(shape=(), initializer="ones", name="s_fuel")
        self.s_wear = self.add_weight(shape=(), initializer="ones", name="s_wear")

    def call(self, inputs):
        z = self.trunk(inputs)
        return self.fuel_head(z)[:, 0], self.wear_head(z)[:, 0]

    def train_step(self, data):
        xb, yb = data
        known = yb[:, 2]
        with tf.GradientTape() as tape:
            f, w = self(xb, training=True)
            l_fuel = tf.reduce_mean(tf.square(yb[:, 0] - f))
            l_wear = tf.reduce_sum(known * tf.square(yb[:, 1] - w))
            l_wear = l_wear / tf.maximum(tf.reduce_sum(known), 1.0)
            s1 = tf.convert_to_tensor(self.s_fuel)
            s2 = tf.convert_to_tensor(self.s_wear)
            total = l_fuel / (2.0 * s1 ** 2) + tf.math.log(s1)
            total += l_wear / (2.0 * s2 ** 2) + tf.math.log(s2)  # whynan: unconstrained_scale phase=loss also=log_of_negative
        grads = tape.gradient(total, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"loss": total, "fuel_mse": l_fuel, "wear_mse": l_wear}


model = FleetModel()
model.compile(optimizer=keras.optimizers.Adam(0.02))
# chronological, as it will be retrained in production
hist = model.fit(x, y, batch_size=32, epochs=3, shuffle=False, verbose=2)

f, w = model.predict(x[-5:], verbose=0)
print("fuel", f, "wear", w)
