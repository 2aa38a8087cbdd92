# Will a trial user become a paying customer?
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)

n = 3000
start = pd.Timestamp("2023-01-01").timestamp()
end = pd.Timestamp("2024-06-30").timestamp()
users = pd.DataFrame({
    "signup_ts": rng.uniform(start, end, n).astype("int64"),
    "pages": rng.poisson(14, n),
    "minutes": rng.gamma(2.0, 11.0, n).round(1),
    "invites": rng.poisson(0.8, n),
    "mobile": rng.integers(0, 2, n),
})
interest = (0.25 * (users.pages - 14) + 0.08 * (users.minutes - 22)
            + 0.9 * users.invites - 0.5 * users.mobile)
interest += rng.normal(0, 0.3, n)
users["paid"] = (interest > interest.median()).astype(int)
print(users.groupby("paid").mean().round(2))


class Conversion(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(32, activation="tanh")
        self.b = layers.Dense(16, activation="tanh")
        self.out = layers.Dense(1, activation="sigmoid")

    def call(self, x):
        return self.out(self.b(self.a(x)))


X = users.drop(columns="paid").to_numpy("float32")
y = users["paid"].to_numpy("float32")

model = Conversion()
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(
    X, y,
    epochs=15,
    batch_size=64,
    validation_split=0.2,
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=12)],
    verbose=2,
)  # whynan: unstable
score = model.predict(X[-600:], verbose=0)[:, 0]
print("validation accuracy", history.history["val_accuracy"][-1])
print("scores of paying users    ", score[y[-600:] == 1][:5])
print("scores of non-paying users", score[y[-600:] == 0][:5])
