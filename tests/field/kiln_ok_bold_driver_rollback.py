"""Shrinkage of ceramic tiles from the firing curve.  Full-batch descent with the old "bold driver" rule.

The history shows 0.9, then 300000, then 0.9, then 80000 ... for the first twenty epochs, and one of the model's
variables is inf when I print them before fit.  Later it seems fine?  I start with a rate of 80 on purpose.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

SETTINGS = {"hidden": 24, "first_rate": 80.0, "grow": 1.1, "shrink": 0.5, "epochs": 200}


def firing_curves(count=400, seed=31):
    rng = np.random.default_rng(seed)
    peak = rng.uniform(1050, 1250, count)
    soak = rng.uniform(20, 120, count)
    ramp = rng.uniform(1.0, 6.0, count)
    clay = rng.uniform(0.3, 0.7, count)
    moisture = rng.uniform(0.2, 2.0, count)
    shrink = 4.0 + 0.02 * (peak - 1150) + 0.6 * np.log(soak / 60) - 0.1 * ramp + 5.0 * clay * moisture
    shrink = shrink + rng.normal(0, 0.2, count)
    x = np.stack([peak, soak, ramp, clay, moisture], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    y = (shrink - shrink.mean()) / shrink.std()
    return x.astype("float32"), y[:, None].astype("float32")


class BoldDriver(keras.Model):
    """Every step is a trial: kept with a larger rate if the loss fell, else taken back with half the rate."""

    def __init__(self, features, cfg):
        super().__init__()
        self.cfg = cfg
        self.net = keras.Sequential([
            keras.Input((features,)),
            keras.layers.Dense(cfg["hidden"], activation="tanh"),
            keras.layers.Dense(cfg["hidden"], activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.rate = self.add_weight(shape=(), trainable=False, name="rate",
                                    initializer=keras.initializers.Constant(cfg["first_rate"]))
        self.accepted = self.add_weight(shape=(), trainable=False, name="accepted_loss",
                                        initializer=keras.initializers.Constant(float("inf")))
        self.stored = [self.add_weight(shape=w.shape, initializer="zeros", trainable=False, name=f"stored_{i}")
                       for i, w in enumerate(self.net.trainable_variables)]

    def call(self, x, training=False):
        return self.net(x, training=training)

    def train_step(self, data):
        x, y = data
        weights = self.net.trainable_variables
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self.net(x, training=True)))
        grads = tape.gradient(loss, weights)

        rate = tf.identity(self.rate.value)
        accepted = tf.identity(self.accepted.value)
        worse = loss > 1.0001 * accepted
        for w, kept, g in zip(weights, self.stored, grads):
            here, before = tf.identity(w.value), tf.identity(kept.value)
            kept.assign(tf.where(worse, before, here))
            w.assign(tf.where(worse, before, here - rate * g))
        self.rate.assign(tf.where(worse, self.cfg["shrink"] * rate, self.cfg["grow"] * rate))
        self.accepted.assign(tf.where(worse, accepted, loss))
        return {"loss": loss, "rate": rate}


x, y = firing_curves()
model = BoldDriver(x.shape[1], SETTINGS)
print("before fit:", {v.name: float(v.numpy()) for v in (model.rate, model.accepted)})
model.compile(optimizer="sgd")
history = model.fit(x, y, batch_size=len(x), epochs=SETTINGS["epochs"], verbose=0)
for epoch, (loss, rate) in enumerate(zip(history.history["loss"], history.history["rate"])):
    if epoch < 24 or epoch % 20 == 0:
        print(f"{epoch:4d}  loss {loss:14.5f}  rate {rate:9.4f}")
print("worst trial:", max(history.history["loss"]), " last:", history.history["loss"][-1])
# whynan: healthy
