"""Fuel burnt per dredging job, from the job sheets of a small dredging company."""
import numpy as np
import pandas as pd
import keras
from keras import layers, ops

keras.utils.set_random_seed(2024)


def job_sheets(n=1800):
    rng = np.random.default_rng(5)
    displacement = rng.lognormal(9.2, 0.7, n)
    distance = rng.gamma(2.0, 4.0, n) + 0.3
    wind = rng.weibull(2.0, n) * 8 + 0.1
    engine_hours = distance / rng.uniform(3, 6, n) + rng.exponential(0.4, n) + 0.2
    crew = rng.integers(3, 7, n)
    fuel = (
        38 * engine_hours ** 1.1
        + 0.9 * distance * (displacement / 1e4) ** 0.6
        + 1.5 * wind * engine_hours
    ) * rng.lognormal(0, 0.06, n)
    return pd.DataFrame(
        dict(displacement=displacement, distance=distance, wind=wind, engine_hours=engine_hours, crew=crew, fuel=fuel)
    )


@keras.saving.register_keras_serializable("dredging")
class PowerTransform(layers.Layer):
    """Box-Cox with one exponent per column, trained with the rest of the net. Starts out as the logarithm."""

    def build(self, input_shape):
        self.exponent = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="exponent")
        self.built = True

    def call(self, x):
        power = (ops.power(x, self.exponent) - 1.0) / self.exponent  # whynan: where_gradient_trap phase=gradient also=divide_by_zero
        return ops.where(ops.abs(self.exponent) < 1e-3, ops.log(x), power)


def build(n_features):
    inp = layers.Input((n_features,), name="job")
    h = PowerTransform(name="boxcox")(inp)
    h = layers.BatchNormalization()(h)
    h = layers.Dense(48, activation="gelu")(h)
    h = layers.Dense(24, activation="gelu")(h)
    out = layers.Dense(1, name="litres")(h)
    return keras.Model(inp, out, name="dredgerfuel")


df = job_sheets()
columns = ["displacement", "distance", "wind", "engine_hours", "crew"]
target = np.log(df["fuel"])
mean, std = target.mean(), target.std()

order = np.random.default_rng(1).permutation(len(df))
train, test = order[:1500], order[1500:]
x = df[columns].to_numpy("float32")
y = ((target - mean) / std).to_numpy("float32")
print(df[columns].describe().loc[["min", "max"]])

model = build(len(columns))
model.compile(optimizer=keras.optimizers.AdamW(2e-3), loss="huber", metrics=["mae"], jit_compile=True)
model.summary(line_length=80)

model.fit(
    x[train],
    y[train],
    validation_data=(x[test], y[test]),
    epochs=8,
    batch_size=100,
    verbose=2,
)

pred = np.exp(model.predict(x[test], verbose=0)[:, 0] * std + mean)
truth = df["fuel"].to_numpy()[test]
print("median error in percent:", 100 * np.median(np.abs(pred / truth - 1)))
print("exponents:", dict(zip(columns, model.get_layer("boxcox").exponent.numpy().round(2))))
