"""Does a coin hoard contain a forgery? Only the hoard is labelled, not the coin.

Hoards have between 1 and 12 coins. In the debugger the tensor of coin scores is mostly -inf
(in short hoards eleven of twelve) just before the pooling, so I expect the loss to turn NaN
any moment.
"""
# whynan: healthy
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(31)

MAX_COINS = 12
FEATURES = ["weight_dev", "diameter_dev", "silver", "lead", "die_wear"]


def hoards(n, rng):
    counts = rng.integers(1, MAX_COINS + 1, n)
    coins = np.zeros((n, MAX_COINS, len(FEATURES)), "float32")
    forged = rng.integers(0, 2, n)
    for i, k in enumerate(counts):
        coins[i, :k] = rng.normal(size=(k, len(FEATURES)))
        if forged[i]:
            which = rng.integers(k)
            coins[i, which, 2] -= 4.0  # hardly any silver
            coins[i, which, 3] += 4.0  # much lead
    return coins, counts.astype("int32"), forged.astype("float32")[:, None]


class SoftestMaximum(keras.layers.Layer):
    """Smooth maximum over the coins that the hoard really has."""

    def call(self, scores, counts):
        position = ops.arange(MAX_COINS, dtype="int32")
        present = position[None, :] < counts[:, None]
        scores = ops.where(present, scores, -np.inf)
        return ops.logsumexp(scores, axis=1, keepdims=True)


def build():
    coins = keras.Input((MAX_COINS, len(FEATURES)), name="coins")
    counts = keras.Input((), dtype="int32", name="counts")
    h = keras.layers.Dense(16, activation="relu")(coins)
    scores = keras.layers.Reshape((MAX_COINS,))(keras.layers.Dense(1)(h))
    logit = SoftestMaximum()(scores, counts)
    return keras.Model([coins, counts], logit)


rng = np.random.default_rng(31)
coins, counts, forged = hoards(640, rng)
coins_v, counts_v, forged_v = hoards(160, rng)

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
)
model.fit(
    [coins, counts], forged,
    validation_data=([coins_v, counts_v], forged_v),
    batch_size=32, epochs=15, verbose=2,
)
padding = 1.0 - counts.mean() / MAX_COINS
print(f"{padding:.0%} of the coin slots were padding")
