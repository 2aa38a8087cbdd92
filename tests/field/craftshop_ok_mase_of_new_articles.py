"""Weekly orders of our craft shop, twelve articles, one LSTM for all of them.

After the time series tutorial I added MASE per article, because the boss compares with
"same as last week".  val_mase is inf from the first epoch on and early stopping always
ends the training after exactly seven epochs.  Does the LSTM explode?  Lower learning
rates do not change it.
"""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)

SETTINGS = dict(weeks=136, train_weeks=104, window=16, units=24, embed=4, lr=3e-3, batch=32, epochs=20)
ARTICLES = ["candle", "wreath", "mug", "soap", "card", "scarf", "bowl", "lamp", "felt", "ring", "yoyo", "kite"]
LAUNCH_WEEK = {"yoyo": 108, "kite": 115}


def order_book(weeks, seed=23):
    rng = np.random.default_rng(seed)
    t = np.arange(weeks)
    orders = np.zeros((len(ARTICLES), weeks))
    for i, name in enumerate(ARTICLES):
        level = rng.uniform(6, 45)
        season = 0.6 * np.cos(2 * np.pi * (t - rng.integers(40, 52)) / 52.0)
        drift = np.cumsum(rng.normal(0, 0.05, weeks))
        orders[i] = rng.poisson(level * np.exp(season + drift - drift.mean()))
        orders[i, : LAUNCH_WEEK.get(name, 0)] = 0
    return orders


class Scaler:
    """log1p, then mean 0 and spread 1 per article over the training weeks."""

    def fit(self, orders):
        logged = np.log1p(orders)
        self.mean = logged.mean(axis=1, keepdims=True)
        self.std = logged.std(axis=1, keepdims=True)
        self.std[self.std == 0.0] = 1.0
        return self

    def forward(self, orders):
        return (np.log1p(orders) - self.mean) / self.std

    def backward(self, z, article):
        return np.expm1(np.clip(z * self.std[article, 0] + self.mean[article, 0], 0.0, 12.0))


def windows(z, first, last, window):
    year = 2 * np.pi * np.arange(z.shape[1]) / 52.0
    calendar = np.stack([np.sin(year), np.cos(year)], axis=1)
    sequences, articles, targets, when = [], [], [], []
    for article in range(len(z)):
        for t in range(first, last):
            past = z[article, t - window:t, None]
            sequences.append(np.concatenate([past, calendar[t - window:t]], axis=1))
            articles.append(article)
            targets.append(z[article, t])
            when.append(t)
    inputs = {"past": np.array(sequences, "float32"), "article": np.array(articles, "int32")}
    return inputs, np.array(targets, "float32"), np.array(when)


class Mase(keras.callbacks.Callback):
    """Mean absolute scaled error: our error over that of 'same as last week' in the training weeks."""

    def __init__(self, inputs, when, orders, scaler, train_weeks):
        super().__init__()
        self.inputs, self.scaler = inputs, scaler
        self.article = inputs["article"]
        self.truth = orders[self.article, when]
        self.naive = np.abs(np.diff(orders[:, :train_weeks], axis=1)).mean(axis=1)

    def on_epoch_end(self, epoch, logs=None):
        z = self.model.predict(self.inputs, verbose=0)[:, 0]
        error = np.abs(self.scaler.backward(z, self.article) - self.truth)
        mae = np.bincount(self.article, weights=error) / np.bincount(self.article)
        with np.errstate(divide="ignore", invalid="ignore"):
            mase = mae / self.naive  # whynan: side_nonfinite
        logs["val_mase"] = float(mase.mean())
        print("   mae  " + " ".join(f"{n}:{e:.1f}" for n, e in zip(ARTICLES, mae)))


def forecaster(window, units, embed, lr):
    past = keras.Input((window, 3), name="past")
    article = keras.Input((), dtype="int32", name="article")
    h = layers.LSTM(units, return_sequences=True)(past)
    h = layers.LSTM(units)(h)
    h = layers.Concatenate()([h, layers.Embedding(len(ARTICLES), embed)(article)])
    h = layers.Dense(24, activation="relu")(h)
    model = keras.Model({"past": past, "article": article}, layers.Dense(1)(h))
    model.compile(keras.optimizers.Adam(lr), loss=keras.losses.Huber(1.5), metrics=["mae"])
    return model


if __name__ == "__main__":
    s = SETTINGS
    orders = order_book(s["weeks"])
    scaler = Scaler().fit(orders[:, : s["train_weeks"]])
    z = scaler.forward(orders)
    train_x, train_y, _ = windows(z, s["window"], s["train_weeks"], s["window"])
    val_x, val_y, val_when = windows(z, s["train_weeks"], s["weeks"], s["window"])

    model = forecaster(s["window"], s["units"], s["embed"], s["lr"])
    callbacks = [
        Mase(val_x, val_when, orders, scaler, s["train_weeks"]),
        keras.callbacks.EarlyStopping(monitor="val_mase", mode="min", patience=6, verbose=1),
    ]
    history = model.fit(train_x, train_y[:, None], validation_data=(val_x, val_y[:, None]), batch_size=s["batch"],
                        epochs=s["epochs"], callbacks=callbacks, verbose=2)
    print("val_mase", history.history["val_mase"])
