# bagel sales forecast for the next morning, one model for all shops
import keras
import numpy as np
from keras import layers, ops

CFG = dict(
    seed=5,
    n_days=1500,
    batch_size=64,
    epochs=5,
    lr=5e-4,
    hidden=[48, 48, 48, 48],
    hidden_act="exponential",
    dropout=0.0,
)


def simulate(n, rng):
    weekday = rng.integers(0, 7, n)
    temp = rng.normal(12.0, 8.0, n)
    rain = rng.gamma(0.6, 3.0, n)
    price = rng.uniform(1.2, 2.9, n)
    office = rng.uniform(0.0, 1.0, n)
    school_day = (weekday < 5) & (rng.random(n) > 0.2)
    promo = rng.random(n) < 0.15
    rate = 3.6 + 0.5 * office - 0.35 * price + 0.02 * temp - 0.03 * rain + 0.3 * promo + 0.2 * (weekday == 5)
    sold = rng.poisson(np.exp(rate))
    feats = np.column_stack(
        [np.sin(2 * np.pi * weekday / 7), np.cos(2 * np.pi * weekday / 7), temp, rain, price, office, school_day, promo]
    ).astype("float32")
    return feats, sold.astype("float32")


class Normaliser:
    def fit(self, x):
        self.mean = x.mean(axis=0)
        self.std = x.std(axis=0) + 1e-6
        return self

    def __call__(self, x):
        return (x - self.mean) / self.std


class DemandNet(keras.Model):
    """Multiplicative effects: every hidden layer works on a log scale."""

    def __init__(self, cfg, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [
            layers.Dense(units, activation=cfg["hidden_act"], name=f"effect_{i}")
            for i, units in enumerate(cfg["hidden"])
        ]
        self.drop = layers.Dropout(cfg["dropout"])
        self.out = layers.Dense(1, name="sold")

    def call(self, x, training=False):
        for block in self.blocks:
            x = block(x)  # whynan: exp_overflow phase=forward
        x = self.drop(x, training=training)
        return self.out(x)


class EpochPrinter(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        print(f"[{epoch + 1:02d}] " + "  ".join(f"{k}={v:.4f}" for k, v in logs.items()))


def mape(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred) / ops.maximum(ops.abs(y_true), 1.0))


def main():
    keras.utils.set_random_seed(CFG["seed"])
    rng = np.random.default_rng(CFG["seed"])
    x, sold = simulate(CFG["n_days"], rng)
    y = np.log1p(sold)[:, None]
    cut = int(0.8 * len(x))
    norm = Normaliser().fit(x[:cut])

    model = DemandNet(CFG, name="bagels")
    model.compile(optimizer=keras.optimizers.Adam(CFG["lr"]), loss="mse", metrics=[mape])
    model.fit(
        norm(x[:cut]),
        y[:cut],
        validation_data=(norm(x[cut:]), y[cut:]),
        batch_size=CFG["batch_size"],
        epochs=CFG["epochs"],
        callbacks=[EpochPrinter()],
        verbose=0,
    )
    print("tomorrow:", np.expm1(model.predict(norm(x[-3:]), verbose=0)).ravel())


if __name__ == "__main__":
    main()
