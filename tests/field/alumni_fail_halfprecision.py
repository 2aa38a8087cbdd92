"""Which alumni will give this year?  Tabular classifier, trying out mixed precision."""
import numpy as np
import pandas as pd
import keras
from keras import layers, mixed_precision
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(99)

# new GPU at work, should be 2x faster
mixed_precision.set_global_policy("mixed_float16")

N = 3000
rng = np.random.default_rng(99)
alumni = pd.DataFrame()
alumni["age"] = rng.integers(23, 80, N)
alumni["years_since_degree"] = (alumni["age"] - rng.integers(21, 27, N)).clip(lower=0)
alumni["salary"] = np.round(rng.lognormal(np.log(54000), 0.45, N), -2)
alumni["events_attended"] = rng.poisson(1.2, N)
alumni["mails_opened"] = rng.poisson(6, N)
alumni["gave_before"] = rng.integers(0, 2, N)
alumni["lives_nearby"] = rng.integers(0, 2, N)

score = (
    -2.2
    + 1.4 * alumni["gave_before"]
    + 0.5 * alumni["events_attended"]
    + 0.6 * np.log(alumni["salary"] / 54000)
    + 0.3 * alumni["lives_nearby"]
    + rng.logistic(size=N) * 0.5
)
alumni["gives"] = (score > 0).astype(int)
print(alumni.sample(5, random_state=0))
print("share of givers:", alumni["gives"].mean())

X = alumni.drop(columns=["gives"]).to_numpy(dtype="float32")
y = alumni["gives"].to_numpy(dtype="float32")
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)

model = keras.Sequential(
    [
        keras.Input(shape=(X_train.shape[1],)),
        # takes care of the different ranges of the columns
        layers.BatchNormalization(),
        layers.Dense(64, activation="swish"),
        layers.Dropout(0.2),
        layers.Dense(32, activation="swish"),
        layers.Dense(1, activation="sigmoid", dtype="float32"),
    ]
)

model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
model.summary()

history = model.fit(X_train, y_train, epochs=4, batch_size=64, validation_data=(X_val, y_val), verbose=2)  # whynan: float16_overflow phase=forward|data also=unscaled_input

top = np.argsort(-model.predict(X_val, verbose=0)[:, 0])[:20]
print("givers among the top 20:", int(y_val[top].sum()))
