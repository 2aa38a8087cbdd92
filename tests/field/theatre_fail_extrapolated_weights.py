"""Ticket sales per performance from the hall, the weekday and how long the show has been announced.

I speed the training up by extrapolating every weight from its last three epochs. The first three epochs look very
good, from the fourth epoch on the loss is nan and so is everything that the model predicts.
"""
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(41)

HALLS = ["Main house", "Studio", "Orangery", "Cellar stage"]
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def season_2024(rows=560):
    rng = np.random.default_rng(41)
    frame = pd.DataFrame(
        {
            # the Orangery is closed for renovation this season
            "hall": rng.choice(["Main house", "Studio", "Cellar stage"], size=rows, p=[0.5, 0.3, 0.2]),
            "weekday": rng.choice(WEEKDAYS, size=rows),
            "price": rng.choice([14.0, 19.0, 26.0, 38.0], size=rows),
            "days_announced": rng.integers(7, 120, size=rows),
        }
    )
    base = frame["hall"].map({"Main house": 420.0, "Studio": 130.0, "Cellar stage": 60.0})
    weekend = frame["weekday"].isin(["Fri", "Sat"]).astype(float)
    frame["sold"] = base * (0.6 + 0.25 * weekend + 0.1 * np.log(frame["days_announced"] / 7.0)) - 1.5 * frame["price"]
    frame["sold"] += rng.normal(0.0, 15.0, size=rows)
    return frame


def design_matrix(frame):
    hall = pd.get_dummies(pd.Categorical(frame["hall"], categories=HALLS), prefix="hall")
    weekday = pd.get_dummies(pd.Categorical(frame["weekday"], categories=WEEKDAYS), prefix="day")
    numbers = frame[["price", "days_announced"]].astype("float64")
    numbers = (numbers - numbers.mean()) / numbers.std()
    columns = [hall.to_numpy(dtype="float32"), weekday.to_numpy(dtype="float32"), numbers.to_numpy(dtype="float32")]
    return np.concatenate(columns, axis=1)


class AitkenJump(keras.callbacks.Callback):
    """After every third epoch replace each weight by the limit of its (assumed geometric) sequence."""

    def __init__(self, largest_jump=0.2):
        super().__init__()
        self.largest_jump = largest_jump
        self.trail = []

    def on_epoch_end(self, epoch, logs=None):
        self.trail.append(self.model.get_weights())
        if len(self.trail) < 3:
            return
        oldest, middle, newest = self.trail
        self.model.set_weights([self.limit_of(a, b, c) for a, b, c in zip(oldest, middle, newest)])
        self.trail = []

    def limit_of(self, a, b, c):
        first = b - a
        second = (c - b) - (b - a)
        with np.errstate(all="ignore"):
            jump = first**2 / second  # whynan: divide_by_zero phase=update
        return a - np.clip(jump, -self.largest_jump, self.largest_jump)


def build(width):
    inputs = keras.Input((width,))
    hidden = keras.layers.Dense(24, activation="tanh")(inputs)
    hidden = keras.layers.Dense(12, activation="tanh")(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


frame = season_2024()
x = design_matrix(frame)
sold = frame["sold"].to_numpy()
y = ((sold - sold.mean()) / sold.std()).astype("float32")

model = build(x.shape[1])
model.compile(optimizer=keras.optimizers.SGD(0.02, momentum=0.5), loss="mse", metrics=["mae"])
history = model.fit(x, y, batch_size=32, epochs=9, validation_split=0.2, callbacks=[AitkenJump()], verbose=2)

print("loss per epoch:", np.round(history.history["loss"], 4))
print("forecast for the first three shows:", model.predict(x[:3], verbose=0).ravel())
