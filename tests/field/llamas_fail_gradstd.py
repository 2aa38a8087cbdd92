"""Fleece weight of llamas at shearing, from age / feed / altitude.

Tries the trick of standardising each gradient tensor before the SGD step
(keeps all layers moving at the same speed, so no tuning per layer).
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
gen = np.random.default_rng(2024)


def herd(n=1500):
    df = pd.DataFrame({
        "age": gen.gamma(4.0, 1.6, n).clip(1, 18),
        "body_kg": gen.normal(125, 18, n),
        "altitude_m": gen.uniform(2800, 4400, n),
        "hay_kg_day": gen.normal(2.1, 0.4, n),
        "months_since_shearing": gen.integers(10, 26, n).astype(float),
        "female": gen.integers(0, 2, n).astype(float),
    })
    df["fleece_kg"] = (
        0.11 * df.months_since_shearing
        + 0.008 * (df.body_kg - 125)
        - 0.045 * (df.age - 6).abs()
        + 0.0002 * (df.altitude_m - 3600)
        + 0.25 * df.hay_kg_day
        - 0.12 * df.female
        + gen.normal(0, 0.15, n)
    )
    return df


def even_out(grads):
    out = []
    for g in grads:
        g = g - tf.reduce_mean(g)
        out.append(g / tf.math.reduce_std(g))  # whynan: zero_variance_normalisation phase=gradient|update also=divide_by_zero
    return out


class EvenModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(even_out(grads), self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


df = herd()
features = [c for c in df.columns if c != "fleece_kg"]
train = df.sample(frac=0.8, random_state=1)
test = df.drop(train.index)
m, s = train[features].mean(), train[features].std()

x_train = ((train[features] - m) / s).to_numpy("float32")
x_test = ((test[features] - m) / s).to_numpy("float32")
y_train = train[["fleece_kg"]].to_numpy("float32")
y_test = test[["fleece_kg"]].to_numpy("float32")

inp = keras.Input((len(features),))
h = keras.layers.Dense(24, activation="gelu")(inp)
h = keras.layers.Dense(12, activation="gelu")(h)
out = keras.layers.Dense(1)(h)
model = EvenModel(inp, out)
model.compile(optimizer=keras.optimizers.SGD(2e-3), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, batch_size=40, epochs=10, verbose=2)

pred = model.predict(x_test, verbose=0)
print("test MAE [kg]:", float(np.mean(np.abs(pred - y_test))))
