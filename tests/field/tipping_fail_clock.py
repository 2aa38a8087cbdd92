# How much do guests tip? Till export of the cafe: time of payment, bill, party size, card or cash.
# Mixed precision because the same training code also runs on the big receipts model.
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(12)
keras.mixed_precision.set_dtype_policy("mixed_float16")

N = 2400


def till_export():
    rng = np.random.default_rng(5)
    # open from eight to half past five
    secs = rng.uniform(8.0 * 3600, 17.5 * 3600, N)
    secs[402] = 72240.0    # christening
    secs[1187] = 70200.0   # staff party of the bank
    secs[1961] = 67500.0   # reading by the local author
    bill = rng.gamma(3.0, 6.0, N) + 3.0
    party = rng.integers(1, 7, N)
    card = rng.random(N) < 0.7
    lunch = np.exp(-0.5 * ((secs / 3600 - 12.5) / 1.2) ** 2)
    tip = 8.0 + 3.0 * lunch - 0.4 * party + 1.5 * card + rng.normal(0, 1.0, N)
    rest = np.stack([np.log(bill), party / 6.0, card.astype(float)], 1)
    return (
        secs.astype("float32")[:, None],
        rest.astype("float32"),
        tip.astype("float32")[:, None],
    )


class TipNet(keras.Model):
    """Clock time enters as a point on the circle, everything else as it is."""

    def __init__(self, width=32):
        super().__init__()
        self.clock = layers.Dense(8, activation="tanh")
        self.hidden = layers.Dense(width, activation="relu")
        self.out = layers.Dense(1)

    def call(self, inputs, training=False):
        secs, rest = inputs
        hour = secs / 3600.0
        angle = hour * (2 * np.pi / 24)
        circle = tf.concat([tf.sin(angle), tf.cos(angle)], axis=-1)
        h = tf.concat([self.clock(circle), rest], axis=-1)
        return self.out(self.hidden(h))


class Runner:
    def __init__(self, net, lr=2e-3):
        self.net = net
        self.opt = keras.optimizers.Adam(lr)
        self.huber = keras.losses.Huber(2.0, dtype="float32")

    def step(self, secs, rest, tip):
        with tf.GradientTape() as tape:
            guess = self.net((secs, rest), training=True)  # whynan: float16_overflow phase=forward|data also=unscaled_input rows=402,1187,1961
            loss = self.huber(tip, tf.cast(guess, tf.float32))
        weights = self.net.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return float(loss)

    def run(self, ds, epochs):
        for epoch in range(epochs):
            losses = [self.step(*batch) for batch in ds]
            print(f"{epoch + 1:2d}  huber {np.mean(losses):.4f}")


secs, rest, tip = till_export()
print("tips", tip.mean().round(2), "+-", tip.std().round(2), "percent")
batches = tf.data.Dataset.from_tensor_slices((secs, rest, tip)).shuffle(N, seed=3).batch(64)
Runner(TipNet()).run(batches, epochs=4)
