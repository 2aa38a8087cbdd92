import numpy as np
import pandas as pd
import keras

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
claims = pd.DataFrame({"power": rng.normal(size=400), "age": rng.normal(size=400), "region": rng.normal(size=400)})
claims["n"] = rng.poisson(np.exp(0.2 + 0.3 * claims["power"]))


def build(width=20):
    i = keras.Input((3,))
    z = keras.layers.Dense(width, activation="tanh")(i)
    z = keras.layers.Dense(width, activation="tanh")(z)
    return keras.Model(i, keras.layers.Dense(1, name="frequency")(z))


net = build()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Poisson())
h = net.fit(  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
    claims[["power", "age", "region"]].to_numpy("float32"),
    claims["n"].to_numpy("float32"),
    batch_size=40,
    epochs=2,
    verbose=0,
)
print(h.history)
