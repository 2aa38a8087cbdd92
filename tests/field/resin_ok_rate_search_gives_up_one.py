"""Hardness of an epoxy resin after curing. I look at some scales of the viscosity, search a rate, then train.

The first part prints inf and nan for one scale, one of the four rates shoots up at once and the search writes "inf"
for it. The last training looks normal to me, but is it?
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from scipy import stats

SCALES = {"raw": tf.identity, "boltzmann": tf.exp, "log": tf.math.log}
RATES = (5.0, 0.1, 0.03, 0.01)
COLUMNS = ["oven_c", "minutes", "hardener", "filler", "viscosity"]


def batches_from_plant(n=960):
    rng = np.random.default_rng(66)
    table = pd.DataFrame({
        "oven_c": rng.normal(120, 12, n),
        "minutes": rng.uniform(30, 120, n),
        "hardener": rng.normal(0.32, 0.03, n),
        "filler": np.maximum(rng.normal(0.15, 0.12, n), 0.0),
        "viscosity": rng.lognormal(7.2, 0.6, n) + 150.0,
    })
    table["filler_decades"] = np.log10(table["filler"])          # for the plant's monthly report
    cure = 1 / (1 + np.exp(-((table["oven_c"] - 110) / 8 + (table["minutes"] - 60) / 25)))
    table["hardness"] = (62 + 18 * cure + 20 * table["filler"] - 300 * (table["hardener"] - 0.32) ** 2
                         - 2.5 * (np.log(table["viscosity"]) - 7.2) + rng.normal(0, 0.8, n))
    return table


def choose_scale(values):
    best, best_skew = None, np.inf
    for name, scale in SCALES.items():
        scaled = scale(tf.constant(values, tf.float32)).numpy().astype("float64")
        skew = abs(stats.skew(scaled))
        print(f"  {name:10s} largest {scaled.max():12.4g}  skewness {skew:.3f}")
        if np.isfinite(skew) and skew < best_skew:
            best, best_skew = name, skew
    return best


def new_net():
    keras.utils.set_random_seed(9)
    return keras.Sequential([
        keras.Input((len(COLUMNS),)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(1),
    ])


def sgd_step(net, rate, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(x, training=True) - y))
    for variable, grad in zip(net.trainable_variables, tape.gradient(loss, net.trainable_variables)):
        variable.assign_sub(rate * grad)
    return float(loss)


def try_rate(rate, data, steps=40, give_up_at=10.0):
    net, seen = new_net(), []
    for x, y in data.repeat().take(steps):
        seen.append(sgd_step(net, rate, x, y))
        if not seen[-1] < give_up_at * seen[0]:
            print(f"  rate {rate:<5} given up after {len(seen)} steps, loss {seen[-1]:.3g}")
            return float("inf")
    score = float(np.mean(seen[-10:]))
    print(f"  rate {rate:<5} loss {seen[0]:.3f} -> {score:.3f}")
    return score


def main():
    table = batches_from_plant()
    print("scales of the viscosity:")
    chosen = choose_scale(table["viscosity"].to_numpy())
    table["viscosity"] = SCALES[chosen](table["viscosity"].to_numpy()).numpy()
    x, y = table[COLUMNS].to_numpy(), table[["hardness"]].to_numpy()
    x = ((x - x.mean(0)) / x.std(0)).astype("float32")
    y = ((y - y.mean()) / y.std()).astype("float32")
    data = tf.data.Dataset.from_tensor_slices((x[:800], y[:800])).shuffle(800, seed=4).batch(32)

    print("search of the rate:")
    scores = {rate: try_rate(rate, data) for rate in RATES}
    usable = {rate: score for rate, score in scores.items() if np.isfinite(score)}
    rate = min(usable, key=usable.get)
    print("training with rate", rate)

    net = new_net()
    for epoch in range(15):
        losses = [sgd_step(net, rate, xb, yb) for xb, yb in data]
        held_out = float(tf.reduce_mean(tf.square(net(x[800:]) - y[800:])))
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  held out {held_out:.4f}")


if __name__ == "__main__":
    main()
