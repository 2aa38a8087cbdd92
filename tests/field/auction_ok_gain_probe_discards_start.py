"""Number of bids per violin lot, Poisson regression. Before training I try a few gains for the start weights on one
batch, look at loss and gradient, and keep the one that behaves best. The log of the debugger is full of Inf and NaN
from this phase (loss inf, gradient nan), so I suspect that the rate model itself is broken.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

CONFIG = {"gains": (12.0, 4.0, 1.0, 0.3), "hidden": 48, "rate": 2e-3, "batch": 256, "epochs": 12, "seed": 77}
keras.utils.set_random_seed(CONFIG["seed"])


def lots(n=2048, seed=77):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 10))
    log_rate = 0.8 + 0.5 * x[:, 0] - 0.4 * x[:, 1] + 0.3 * np.tanh(x[:, 2] * x[:, 3])
    return x.astype("float32"), rng.poisson(np.exp(log_rate)).astype("float32")


def network(gain):
    def dense(units, activation=None):
        start = keras.initializers.VarianceScaling(scale=gain**2, mode="fan_in", distribution="truncated_normal")
        return layers.Dense(units, activation=activation, kernel_initializer=start)

    return keras.Sequential(
        [keras.Input((10,)), dense(CONFIG["hidden"], "relu"), dense(CONFIG["hidden"], "relu"), dense(1)]
    )


def bid_loss(net, x, bids):
    log_rate = tf.squeeze(net(x, training=True), axis=-1)
    return tf.reduce_mean(tf.exp(log_rate) - bids * log_rate)


def loss_and_gradients(net, x, bids):
    with tf.GradientTape() as tape:
        loss = bid_loss(net, x, bids)
    return loss, tape.gradient(loss, net.trainable_variables)


def choose_start(x, bids):
    best, best_score = None, math.inf
    for gain in CONFIG["gains"]:
        net = network(gain)
        loss, gradients = loss_and_gradients(net, x, bids)
        loss, norm = float(loss), float(tf.linalg.global_norm(gradients))
        if not (math.isfinite(loss) and math.isfinite(norm)):
            print(f"gain {gain:5.1f}: loss {loss}, gradient norm {norm} -> not used")
            continue
        score = abs(math.log(norm))
        print(f"gain {gain:5.1f}: loss {loss:.3g}, gradient norm {norm:.3g}")
        if score < best_score:
            best, best_score = net, score
    if best is None:
        raise SystemExit("no usable start")
    return best


def train(net, x, bids):
    optimizer = keras.optimizers.Adam(CONFIG["rate"])
    data = tf.data.Dataset.from_tensor_slices((x, bids)).shuffle(2048, seed=3).batch(CONFIG["batch"])
    for epoch in range(CONFIG["epochs"]):
        losses = []
        for batch_x, batch_bids in data:
            loss, gradients = loss_and_gradients(net, batch_x, batch_bids)
            optimizer.apply_gradients(zip(gradients, net.trainable_variables))  # whynan: healthy
            losses.append(float(loss))
        print(f"epoch {epoch + 1:2d}  loss {np.mean(losses):.4f}")


if __name__ == "__main__":
    features, n_bids = lots()
    chosen = choose_start(features[: CONFIG["batch"]], n_bids[: CONFIG["batch"]])
    train(chosen, features, n_bids)
