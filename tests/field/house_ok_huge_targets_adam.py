# whynan: healthy
# loss: 2.1e11 ??? prices are in dollars and not scaled, Adam does not care and the loss goes down
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(64)


def make_houses(n=800):
    rng = np.random.default_rng(64)
    df = pd.DataFrame(
        {
            "sqft": rng.normal(1800, 500, n).clip(400),
            "beds": rng.integers(1, 6, n),
            "age": rng.integers(0, 90, n),
            "lot": rng.lognormal(8.5, 0.4, n),
        }
    )
    df["price"] = 180.0 * df.sqft + 15000.0 * df.beds - 900.0 * df.age + 4.0 * df["lot"] + rng.normal(0, 2e4, n)
    return df


df = make_houses()
price = df.pop("price").to_numpy("float32")
x = df.to_numpy("float32")

norm = layers.Normalization()
norm.adapt(x)

inputs = keras.Input((4,))
h = norm(inputs)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dense(1)(h)
outputs = layers.Rescaling(1e5, name="dollars")(h)
model = keras.Model(inputs, outputs)

model.compile(
    optimizer=keras.optimizers.Adam(1e-2),
    loss="mse",
    metrics=[keras.metrics.RootMeanSquaredError(name="rmse")],
)
model.summary()
history = model.fit(x, price, batch_size=32, epochs=10, verbose=2)
print("first / last loss: %.3e %.3e" % (history.history["loss"][0], history.history["loss"][-1]))
