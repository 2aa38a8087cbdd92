# Compact 8-d codes for cymbal hits (ride / crash / hi-hat / splash) from 40 mel bands,
# to be used for nearest-neighbour search in the sample browser.
import numpy as np
import pandas as pd
import keras
from keras import layers, regularizers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

cfg = dict(
    bands=40,
    code=8,
    hidden=24,
    code_penalty=50.0,
    lr=0.05,
    batch=32,
    epochs=5,
)

kinds = {"ride": (22, 9.0, 0.8), "crash": (27, 12.0, 1.6), "hihat": (33, 5.0, 0.3), "splash": (30, 7.0, 0.6)}

rows, labels = [], []
band = np.arange(cfg["bands"])
for kind, (centre, width, decay) in kinds.items():
    for _ in range(375):
        c = centre + rng.normal(0, 1.5)
        w = width * rng.uniform(0.8, 1.25)
        envelope = np.exp(-0.5 * ((band - c) / w) ** 2)
        ringing = 0.2 * np.sin(band * rng.uniform(0.5, 0.9)) * decay
        level = rng.uniform(0.4, 1.0)
        rows.append(20 * np.log10(level * (envelope + 0.05) * (1 + ringing) + 1e-3) + rng.normal(0, 1.0, cfg["bands"]))
        labels.append(kind)

df = pd.DataFrame(rows, columns=[f"mel{b:02d}" for b in band])
df["kind"] = labels
df = df.sample(frac=1.0, random_state=3).reset_index(drop=True)

X = StandardScaler().fit_transform(df.drop(columns="kind")).astype("float32")
print("bands: mean %.3f  std %.3f  max %.2f" % (X.mean(), X.std(), np.abs(X).max()))

inputs = keras.Input((cfg["bands"],))
h = layers.Dense(cfg["hidden"], activation="elu")(inputs)
code = layers.Dense(
    cfg["code"],
    name="code",
    activity_regularizer=regularizers.L2(cfg["code_penalty"]),
)(h)
h = layers.Dense(cfg["hidden"], activation="elu")(code)
outputs = layers.Dense(cfg["bands"])(h)

autoencoder = keras.Model(inputs, outputs, name="cymbal_ae")
encoder = keras.Model(inputs, code)
autoencoder.compile(optimizer=keras.optimizers.SGD(cfg["lr"]), loss="mse", metrics=["mae"])
autoencoder.summary()

autoencoder.fit(X, X, batch_size=cfg["batch"], epochs=cfg["epochs"], validation_split=0.1, verbose=2)  # whynan: regularization_too_large phase=forward|loss|gradient|update

codes = encoder.predict(X, verbose=0)
d = ((codes[:50, None, :] - codes[None, :, :]) ** 2).sum(-1)
d[np.arange(50), np.arange(50)] = 1e9
hits = np.mean(df["kind"].values[d.argmin(1)] == df["kind"].values[:50])
print("1-nn agreement:", hits)
