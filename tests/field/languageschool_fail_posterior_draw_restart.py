"""Weekly lesson hours booked at a language school, by branch.

I average the weights over the epochs and keep the average of their squares too, so that every twelfth epoch I can start
again from a random draw around the average weights (for some variety in the ensemble). Epochs 1 to 12 look perfect.
Epoch 13 begins with nan and stays there. Without the callback the same network trains for hundreds of epochs.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(77)

BRANCHES = [
    "Altona", "Bergedorf", "Blankenese", "Eimsbuettel", "Eppendorf", "Harburg", "Langenhorn",
    "Niendorf", "Ottensen", "Rahlstedt", "Wandsbek", "Wedel", "Volksdorf", "Wilhelmsburg",
]
OPENING_SOON = ["Volksdorf", "Wilhelmsburg"]  # already in the master data, first lessons next spring


def bookings(weeks=60, seed=8):
    rng = np.random.default_rng(seed)
    open_now = [b for b in BRANCHES if b not in OPENING_SOON]
    level = dict(zip(open_now, rng.uniform(80.0, 260.0, len(open_now))))
    rows = []
    for week in range(weeks):
        for branch in open_now:
            holiday = week % 13 in (5, 6)
            teachers = rng.integers(3, 12)
            price = rng.uniform(18.0, 26.0)
            season = 1.0 + 0.2 * np.sin(2 * np.pi * week / 52)
            hours = level[branch] * season * (0.6 if holiday else 1.0) + 6.0 * teachers - 2.5 * price
            rows.append((branch, week, holiday, teachers, price, hours + rng.normal(0.0, 8.0)))
    frame = pd.DataFrame(rows, columns=["branch", "week", "holiday", "teachers", "price", "hours"])
    frame["branch"] = pd.Categorical(frame["branch"], categories=BRANCHES)
    return frame


class RestartFromDraw(keras.callbacks.Callback):
    """Keeps running averages of w and w * w and restarts from N(mean, spread) at the end of every cycle."""

    def __init__(self, first_epoch=4, cycle=12, scale=0.5, seed=1):
        super().__init__()
        self.first_epoch, self.cycle, self.scale = first_epoch, cycle, scale
        self.rng = np.random.default_rng(seed)
        self.seen, self.mean, self.square = 0, None, None

    def collect(self, weights):
        if self.mean is None:
            self.mean = [np.zeros_like(w) for w in weights]
            self.square = [np.zeros_like(w) for w in weights]
        n = self.seen
        self.mean = [(m * n + w) / (n + 1) for m, w in zip(self.mean, weights)]
        self.square = [(s * n + w * w) / (n + 1) for s, w in zip(self.square, weights)]
        self.seen += 1

    def draw(self):
        fresh = []
        for mean, square in zip(self.mean, self.square):
            spread = np.sqrt(square - mean * mean + 1e-12)  # whynan: catastrophic_cancellation phase=update also=sqrt_of_negative
            noise = self.rng.standard_normal(mean.shape).astype("float32")
            fresh.append(mean + self.scale * spread * noise)
        return fresh

    def on_epoch_end(self, epoch, logs=None):
        if epoch < self.first_epoch:
            return
        self.collect(self.model.get_weights())
        if (epoch + 1) % self.cycle == 0:
            self.model.set_weights(self.draw())


frame = bookings()
numbers = frame[["week", "holiday", "teachers", "price"]].astype("float32")
numbers = (numbers - numbers.mean()) / numbers.std()
features = pd.concat([numbers, pd.get_dummies(frame["branch"])], axis=1).to_numpy("float32")
target = ((frame["hours"] - frame["hours"].mean()) / frame["hours"].std()).to_numpy("float32")

model = keras.Sequential(
    [
        keras.Input((features.shape[1],)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(12, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(0.03), loss="mse")
history = model.fit(features, target, batch_size=48, epochs=16, callbacks=[RestartFromDraw()], verbose=0)
for epoch, loss in enumerate(history.history["loss"], start=1):
    print(f"epoch {epoch:2d}  loss {loss:.4f}")
