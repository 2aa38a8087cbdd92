"""Who answers the spring appeal? Days since the last gift per channel, where "never" is inf in the export.

Somebody told me that a network cannot be trained on a table that has inf in it, so I would like a second opinion.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(44)
CHANNELS = ["letter", "phone", "online", "street"]


class Fading(layers.Layer):
    """exp(-days / tau) for several fixed time constants."""

    def __init__(self, half_lives, **kwargs):
        super().__init__(**kwargs)
        self.tau = np.asarray(half_lives, "float32") / np.float32(np.log(2))

    def call(self, days):
        faded = ops.exp(-ops.expand_dims(days, -1) / self.tau)
        return ops.reshape(faded, (-1, len(CHANNELS) * len(self.tau)))


def export(n=1500, seed=7):
    rng = np.random.default_rng(seed)
    days = pd.DataFrame({c: rng.exponential(400, n).round() for c in CHANNELS})
    for channel, never in zip(CHANNELS, (0.35, 0.7, 0.5, 0.8)):
        days.loc[rng.random(n) < never, channel] = np.inf
    warmth = 2.5 * np.exp(-days["letter"] / 200) + 1.5 * np.exp(-days["online"] / 90) - 1.2
    answered = rng.random(n) < 1 / (1 + np.exp(-2.0 * warmth))
    return days, answered.astype("float32")


days, answered = export()
print(days.describe().loc[["min", "50%", "max"]])
print("share of inf:", np.isinf(days.to_numpy()).mean())

recency = keras.Input((len(CHANNELS),))
h = Fading([15, 60, 250])(recency)
h = layers.Dense(16, activation="relu")(h)
model = keras.Model(recency, layers.Dense(1)(h))
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.AUC(from_logits=True, name="auc")],
)
history = model.fit(days.to_numpy("float32"), answered, batch_size=50, epochs=12, validation_split=0.2, verbose=2)
print("final auc", history.history["val_auc"][-1])  # whynan: healthy
