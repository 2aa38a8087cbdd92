"""Autoencoder on twenty collar and milking signals of a dairy herd. After each epoch I look whether the codes say
something about the yield: the milk of a cow, guessed from the cows that lie close to it in the code space.

`probe_litres` has been nan since the first epoch. The reconstruction loss looks normal. Which layer makes the nan?
"""
import keras
import numpy as np
import pandas as pd
from keras import layers

keras.utils.set_random_seed(5)

COWS = 900
SIGNALS = [f"signal_{i:02d}" for i in range(20)]


def herd():
    rng = np.random.default_rng(77)
    hidden = rng.normal(size=(COWS, 4))
    mixing = rng.normal(size=(4, len(SIGNALS))) / 2.0
    table = pd.DataFrame(hidden @ mixing + 0.3 * rng.normal(size=(COWS, len(SIGNALS))), columns=SIGNALS)
    table["litres"] = 28.0 + 3.0 * hidden[:, 0] - 2.0 * hidden[:, 2] + rng.normal(size=COWS)
    return table


class SimilarCows(keras.callbacks.Callback):
    """Inverse distance weights over the herd, for every tenth cow."""

    def __init__(self, encoder, signals, litres):
        super().__init__()
        self.encoder = encoder
        self.signals = signals
        self.litres = litres
        self.asked = np.arange(0, len(signals), 10)

    def on_epoch_end(self, epoch, logs=None):
        codes = self.encoder.predict(self.signals, batch_size=300, verbose=0)
        gaps = codes[self.asked][:, None, :] - codes[None, :, :]
        weights = 1.0 / np.sqrt(np.sum(gaps**2, axis=-1))
        weights = weights / weights.sum(axis=1, keepdims=True)
        guess = weights @ self.litres
        logs["probe_litres"] = float(np.mean(np.abs(guess - self.litres[self.asked])))


def build(n_signals, code=4):
    collar = keras.Input((n_signals,), name="collar")
    encoded = layers.Dense(16, activation="elu")(collar)
    encoded = layers.Dense(code, name="code")(encoded)
    decoded = layers.Dense(16, activation="elu")(encoded)
    decoded = layers.Dense(n_signals)(decoded)
    return keras.Model(collar, decoded), keras.Model(collar, encoded)


table = herd()
signals = table[SIGNALS]
signals = ((signals - signals.mean()) / signals.std()).to_numpy("float32")
litres = table["litres"].to_numpy("float32")

autoencoder, encoder = build(len(SIGNALS))
autoencoder.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
record = autoencoder.fit(  # whynan: side_nonfinite
    signals,
    signals,
    batch_size=30,
    epochs=10,
    verbose=2,
    callbacks=[SimilarCows(encoder, signals, litres)],
)
print(pd.DataFrame(record.history).round(4))
