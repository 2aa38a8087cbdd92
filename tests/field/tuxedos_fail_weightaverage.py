import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(2024)

# ---------------------------------------------------------------------------
# Tuxedo rental: will the customer bring it back late?
# ---------------------------------------------------------------------------
rng = np.random.default_rng(2024)
n = 1800
df = pd.DataFrame({
    "age": rng.integers(18, 75, n),
    "days_booked": rng.integers(1, 10, n),
    "distance_km": rng.gamma(2.0, 8.0, n),
    "deposit": rng.choice([50, 100, 150], n),
    "is_wedding": rng.integers(0, 2, n),
    "past_rentals": rng.poisson(1.5, n),
})
risk = (
    0.03 * df["distance_km"]
    - 0.4 * df["past_rentals"]
    + 0.8 * (1 - df["is_wedding"])
    - 0.01 * (df["deposit"] - 100)
    + rng.logistic(0, 1.0, n)
)
df["late"] = (risk > risk.median()).astype(int)

cols = ["age", "days_booked", "distance_km", "deposit", "is_wedding", "past_rentals"]
X = df[cols].astype("float32")
X = ((X - X.mean()) / X.std()).to_numpy(dtype="float32")
y = df["late"].to_numpy(dtype="float32")
split = 1280


class WeightAverage(keras.callbacks.Callback):
    """Keep a running average of the weights and continue each epoch from it."""

    def __init__(self, decay=0.95):
        super().__init__()
        self.decay = decay
        self.shadow = None

    def on_train_begin(self, logs=None):
        self.shadow = [w.copy() for w in self.model.get_weights()]

    def on_train_batch_end(self, batch, logs=None):
        current = self.model.get_weights()
        self.shadow = [self.decay * s + w for s, w in zip(self.shadow, current)]

    def on_epoch_end(self, epoch, logs=None):
        self.model.set_weights(self.shadow)


model = keras.Sequential([
    keras.Input((len(cols),)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(1),
])
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)

history = model.fit(  # whynan: exploding_gradient phase=update|gradient|forward
    X[:split], y[:split],
    validation_data=(X[split:], y[split:]),
    batch_size=32,
    epochs=18,
    callbacks=[WeightAverage(decay=0.95)],
    verbose=2,
)

report = pd.DataFrame(history.history)
print(report.tail())
print("late returns expected:", int((model.predict(X[split:], verbose=0) > 0).sum()), "of", n - split)
