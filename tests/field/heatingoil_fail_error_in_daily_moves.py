"""Tomorrow's heating oil price (cent per litre) from the last ten days.

An error of two cents says little, so my loss counts it in daily moves: the error divided by how far the price really
went on that day. The price moves every single day (asserted below), still the loss is inf after a few batches and nan
from then on. With "mae" the same network trains without any trouble.
"""
import keras
import numpy as np
from keras import ops

CONFIG = {
    "seed": 52,
    "days": 720,
    "history": 10,
    "batch_size": 32,
    "epochs": 6,
    "learning_rate": 2e-3,
}

keras.utils.set_random_seed(CONFIG["seed"])


def depot_prices(days, seed):
    """Quoted with one decimal; the depot never quotes the same price on two days running."""
    rng = np.random.default_rng(seed)
    size = 0.1 + np.round(rng.gamma(2.0, 0.3, days), 1)
    direction = np.where(rng.uniform(size=days) < 0.5, -1.0, 1.0)
    return np.round(112.0 + np.cumsum(direction * size), 1)


def windows(prices, history):
    level, spread = prices.mean(), prices.std()
    scaled = ((prices - level) / spread).astype("float32")
    season = 2.0 * np.pi * np.arange(len(prices)) / 365.25
    x, y = [], []
    for day in range(history, len(prices) - 1):
        calendar = [np.sin(season[day]), np.cos(season[day])]
        x.append(np.concatenate([scaled[day - history + 1 : day + 1], calendar]))
        # the loss needs today's price as well as tomorrow's
        y.append([scaled[day + 1], scaled[day]])
    return np.asarray(x, dtype="float32"), np.asarray(y, dtype="float32")


def error_in_daily_moves(y_true, y_pred):
    tomorrow, today = y_true[:, 0], y_true[:, 1:]
    miss = ops.abs(tomorrow - y_pred[:, 0])
    move = ops.abs(tomorrow - today)
    in_moves = miss / move  # whynan: divide_by_zero phase=loss
    return ops.mean(in_moves)


def price_network(width):
    return keras.Sequential(
        [
            keras.Input((width,)),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(1),
        ],
        name="tomorrow",
    )


def main():
    prices = depot_prices(CONFIG["days"], CONFIG["seed"])
    assert np.abs(np.diff(prices)).min() > 0.05, "a day without any move"

    x, y = windows(prices, CONFIG["history"])
    assert (y[:, 0] != y[:, 1]).all()
    cut = int(0.85 * len(x))

    model = price_network(x.shape[1])
    model.compile(
        optimizer=keras.optimizers.Adam(CONFIG["learning_rate"]),
        loss=error_in_daily_moves,
    )
    history = model.fit(
        x[:cut],
        y[:cut],
        batch_size=CONFIG["batch_size"],
        epochs=CONFIG["epochs"],
        verbose=2,
    )
    print("error in daily moves per epoch:", history.history["loss"])
    print("next days:", model.predict(x[cut : cut + 3], verbose=0).ravel())


if __name__ == "__main__":
    main()
