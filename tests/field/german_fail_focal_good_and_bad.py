"""German credit: the loss goes down over the first batches, then it is nan for ever.

Changed from binary crossentropy to the focal version because the bad payers are only
about thirty percent.  With gamma=2 it ran but the predictions were useless, so I tried
the gamma from a Kaggle notebook.  No missing values, everything standardised.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(8)

NUMERIC = ["duration", "amount", "installment_rate", "residence", "age", "n_credits"]


def load_german(n=1000, seed=8):
    """Same columns as german.data, including its last one (1 = Good, 2 = Bad)."""
    r = np.random.default_rng(seed)
    duration = r.choice([6, 9, 12, 15, 18, 24, 30, 36, 48], n)
    amount = np.exp(r.normal(7.1, 0.6, n)) * (duration / 18) ** 0.6
    checking = r.integers(0, 4, n)
    df = pd.DataFrame(
        {
            "checking": checking,
            "duration": duration,
            "amount": amount.round(),
            "installment_rate": r.integers(1, 5, n),
            "residence": r.integers(1, 5, n),
            "age": r.gamma(6, 3.2, n).round() + 19,
            "n_credits": r.choice([1, 2, 3, 4], n, p=[0.63, 0.33, 0.03, 0.01]),
        }
    )
    score = -0.2 + 0.045 * (duration - 20) - 0.75 * (checking - 0.8) + 0.15 * (df["installment_rate"] - 3)
    bad = r.random(n) < 1 / (1 + np.exp(-score))
    df["class"] = np.where(bad, 2, 1)
    return df


class CreditNet(keras.Model):
    def __init__(self, width=24, rate=0.2):
        super().__init__()
        self.hidden = keras.layers.Dense(width, activation="relu")
        self.drop = keras.layers.Dropout(rate)
        self.hidden2 = keras.layers.Dense(width // 2, activation="relu")
        self.out = keras.layers.Dense(
            1, activation="sigmoid", kernel_initializer=keras.initializers.RandomNormal(stddev=0.02)
        )

    def call(self, x, training=False):
        x = self.drop(self.hidden(x), training=training)
        return self.out(self.hidden2(x))


def as_dataset(df, batch=32):
    numbers = StandardScaler().fit_transform(df[NUMERIC])
    dummies = pd.get_dummies(df["checking"], prefix="chk").to_numpy("float32")
    x = np.hstack([numbers, dummies]).astype("float32")
    y = df["class"].to_numpy("float32").reshape(-1, 1)
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    return ds.shuffle(len(x), seed=1).batch(batch).prefetch(1)


credit = load_german()
print(credit["class"].value_counts(normalize=True))
train = as_dataset(credit)

model = CreditNet()
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.BinaryFocalCrossentropy(gamma=1.5),
)
log = model.fit(train, epochs=8, verbose=2)  # whynan: label_out_of_range phase=loss|data also=label_not_in_unit_interval,pow_domain
print(log.history["loss"])
