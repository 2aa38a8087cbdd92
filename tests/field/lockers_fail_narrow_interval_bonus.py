"""5 % / 50 % / 95 % quantiles of the delivery time of parcels, eager loop.

With the plain pinball loss it trains, but the intervals are wide. Since I reward narrow intervals it trains for some
epochs (intervals do get narrower!) and then the loss turns into nan and stays there.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

SETTINGS = dict(seed=17, rows=900, batch=50, epochs=40, rate=0.02, sharpness=0.05, quantiles=(0.05, 0.5, 0.95))
keras.utils.set_random_seed(SETTINGS["seed"])


def shipments(n, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "service": rng.choice(["standard", "express", "timeslot"], n, p=[0.5, 0.25, 0.25]),
        "distance_km": rng.gamma(2.0, 140.0, n),
        "weight_kg": rng.lognormal(0.5, 0.7, n),
    })
    days = {
        "standard": 1.6 + 0.002 * frame.distance_km + rng.lognormal(-0.6, 0.6, n),
        "express": 0.7 + 0.0005 * frame.distance_km + rng.lognormal(-1.8, 0.4, n),
        "timeslot": pd.Series(np.ones(n)),                    # booked slot of the next day: the log writes 24.0 h
    }
    frame["days"] = np.select([frame.service == name for name in days], list(days.values()))
    return frame


def to_arrays(frame):
    numeric = frame[["distance_km", "weight_kg"]]
    numeric = (numeric - numeric.mean()) / numeric.std()
    dummies = pd.get_dummies(frame.service, dtype="float32")
    x = pd.concat([dummies, numeric], axis=1).to_numpy("float32")
    return x, frame.days.to_numpy("float32")


class QuantileNet(keras.Model):
    def __init__(self, levels):
        super().__init__()
        self.levels = levels
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.head = keras.layers.Dense(
            len(levels), kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))

    def call(self, x):
        return self.head(self.hidden(x))

    def start_from(self, targets):
        """The biases begin at the overall quantiles, so that the three curves start in their order."""
        self.head.bias.assign(np.quantile(targets, self.levels).astype("float32"))


class SharpPinball:
    def __init__(self, levels, sharpness):
        self.levels = tf.constant(levels, tf.float32)
        self.sharpness = sharpness

    def __call__(self, y, q):
        error = y[:, None] - q
        pinball = tf.reduce_mean(tf.maximum(self.levels * error, (self.levels - 1.0) * error))
        log_width = tf.math.log(q[:, -1] - q[:, 0] + 1e-6)  # whynan: log_of_negative phase=loss also=unconstrained_scale
        return pinball + self.sharpness * tf.reduce_mean(log_width)


def train():
    x, y = to_arrays(shipments(SETTINGS["rows"], SETTINGS["seed"]))
    net = QuantileNet(SETTINGS["quantiles"])
    net(x[:2])
    net.start_from(y)
    criterion = SharpPinball(SETTINGS["quantiles"], SETTINGS["sharpness"])
    optimizer = keras.optimizers.Adam(SETTINGS["rate"])
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(y), seed=1).batch(SETTINGS["batch"])

    for epoch in range(SETTINGS["epochs"]):
        running = keras.metrics.Mean()
        for features, days in data:
            with tf.GradientTape() as tape:
                loss = criterion(days, net(features))
            grads = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
            running.update_state(loss)
        if epoch % 2 == 0:
            q = net(x).numpy()
            covered = np.mean((y >= q[:, 0]) & (y <= q[:, -1]))
            print(f"epoch {epoch:2d}  loss {float(running.result()):8.4f}  covered {covered:.2f}")


train()
