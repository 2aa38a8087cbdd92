"""Pages per day of a print shop, linear model on standardised order-book columns.

We keep the target in pages (the planner wants to read the weights as pages per
standard deviation), so the steps must be pages too.
"""
import os
import tempfile

import numpy as np
import keras

SEED = 12
COLUMNS = 10
EPOCHS = 30
BATCH = 50


def order_book(n):
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(n, COLUMNS))
    weights = rng.normal(0, 280, COLUMNS)
    pages = 4000 + x @ weights + rng.normal(0, 100, n)
    pages[137] = 21000.0          # election leaflets
    team = rng.integers(0, 5, n)
    return x.astype("float32"), pages.astype("float32")[:, None], team


def alarm_precision(pred, pages, team):
    """Share of 'overtime' alarms that were right, by team."""
    per_team = []
    for t in range(6):
        alarm = (pred > 5500) & (team == t)
        with np.errstate(invalid="ignore", divide="ignore"):
            per_team.append(np.float64((alarm & (pages > 5500)).sum()) / np.float64(alarm.sum()))
    return float(np.nanmean(per_team))


def main():
    keras.utils.set_random_seed(SEED)
    x, pages, team = order_book(1300)
    xt, yt, xv, yv = x[:1000], pages[:1000], x[1000:], pages[1000:]

    model = keras.Sequential([keras.Input((COLUMNS,)), keras.layers.Dense(1)])
    steps = EPOCHS * (len(xt) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(25.0, steps)
    model.compile(optimizer=keras.optimizers.SGD(rate, global_clipnorm=1.0), loss="mse")

    best, best_epoch = float("inf"), -1
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        keep = os.path.join(folder, "best.weights.h5")
        for epoch in range(EPOCHS):
            order = rng.permutation(len(xt))
            losses = []
            for lo in range(0, len(xt), BATCH):
                idx = order[lo:lo + BATCH]
                logs = model.train_on_batch(xt[idx], yt[idx], return_dict=True)  # whynan: healthy
                losses.append(float(logs["loss"]))
            pv = model.predict_on_batch(xv)
            rmse = float(np.sqrt(np.mean((np.asarray(pv) - yv) ** 2)))
            print(f"{epoch:2d}  median batch loss {np.median(losses):14.1f}  "
                  f"worst {np.max(losses):14.1f}  val rmse {rmse:8.1f}")
            if rmse < best:
                best, best_epoch = rmse, epoch
                model.save_weights(keep)
        model.load_weights(keep)

    pv = np.asarray(model.predict_on_batch(xv))[:, 0]
    print("best epoch", best_epoch, "val rmse", round(best, 1))
    print("alarm precision", round(alarm_precision(pv, yv[:, 0], team[1000:]), 3))
    print("bias (pages):", model.layers[-1].bias.numpy())


if __name__ == "__main__":
    main()
