# 5-fold CV on churn data. Folds 1, 2, 4, 5 train, fold 3 gives "loss: nan" from the first batch. Same code!
import numpy as np
import pandas as pd
import keras
from sklearn.model_selection import KFold

keras.utils.set_random_seed(2024)


def load_customers(n=400):
    rng = np.random.default_rng(2024)
    df = pd.DataFrame(
        {
            "tenure": rng.integers(1, 72, n),
            "monthly": rng.normal(65, 20, n),
            "calls": rng.poisson(2, n),
            "age": rng.integers(18, 90, n),
            "promo_2019": np.zeros(n),
        }
    )
    # the promotion ran for a few weeks only, the table is sorted by contract date
    df.loc[175:210, "promo_2019"] = rng.integers(1, 4, 36)
    df["churn"] = (0.05 * df["calls"] - 0.01 * df["tenure"] + rng.normal(0, 0.2, n) > -0.2).astype("float32")
    return df


class FoldScaler:
    """z-score with the statistics of the training part only (no leakage!)"""

    def fit(self, x):
        self.mu = x.mean(axis=0)
        self.sd = x.std(axis=0)
        return self

    def transform(self, x):
        return (x - self.mu) / self.sd  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input


def build(n_features):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(16, activation="silu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


data = load_customers()
y = data.pop("churn").to_numpy()[:, None]
X = data.to_numpy("float32")

scores = []
for fold, (tr, te) in enumerate(KFold(n_splits=5).split(X), start=1):
    scaler = FoldScaler().fit(X[tr])
    model = build(X.shape[1])
    hist = model.fit(scaler.transform(X[tr]), y[tr], epochs=2, batch_size=32, verbose=0)
    scores.append(hist.history["loss"][-1])
    print("fold", fold, "train loss", scores[-1])
print("mean over folds:", np.mean(scores))
