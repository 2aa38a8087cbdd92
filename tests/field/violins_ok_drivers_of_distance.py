"""Violins by their acoustics: an autoencoder, and after each epoch a list of what makes instruments differ from our
reference violin (slope of the distance in the code space with respect to each measurement).

The reconstruction error goes down as it should, but the table of drivers is nan for all of the measurements.
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(212)
rng = np.random.default_rng(212)

MEASUREMENTS = [
    "a0", "b1_minus", "b1_plus", "bridge_hill", "damping", "mass",
    "arch", "f_area", "g_string", "d_string", "a_string", "e_string",
]  # fmt: skip


def workshop(n):
    hidden = rng.normal(size=(n, 4))
    mixing = rng.normal(size=(4, len(MEASUREMENTS)))
    table = hidden @ mixing + 0.3 * rng.normal(size=(n, len(MEASUREMENTS)))
    frame = pd.DataFrame(table, columns=MEASUREMENTS)
    return (frame - frame.mean()) / frame.std()


class Drivers(keras.callbacks.Callback):
    """Mean size of d distance / d measurement over the whole workshop."""

    def __init__(self, encoder, table, reference, every=5):
        super().__init__()
        self.encoder, self.every = encoder, every
        self.table = tf.constant(table)
        self.reference = reference
        self.rows = []

    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self.every:
            return
        with tf.GradientTape() as tape:
            tape.watch(self.table)
            code = self.encoder(self.table)
            apart = code - code[self.reference]
            distance = tf.norm(apart, axis=1)
        slope = tape.gradient(distance, self.table)
        size = tf.reduce_mean(tf.abs(slope), axis=0).numpy()
        self.rows.append(pd.Series(size, index=MEASUREMENTS, name=f"epoch {epoch + 1}"))


frame = workshop(320)
table = frame.to_numpy(dtype="float32")

encoder = keras.Sequential(
    [keras.Input((len(MEASUREMENTS),)), keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(4)], name="encoder"
)
decoder = keras.Sequential(
    [keras.Input((4,)), keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(len(MEASUREMENTS))], name="decoder"
)
inputs = keras.Input((len(MEASUREMENTS),))
autoencoder = keras.Model(inputs, decoder(encoder(inputs)))
autoencoder.compile(optimizer=keras.optimizers.Adam(4e-3), loss="mse")

drivers = Drivers(encoder, table, reference=17)
history = autoencoder.fit(table, table, batch_size=32, epochs=30, callbacks=[drivers], verbose=0)

print("reconstruction error:", [round(value, 3) for value in history.history["loss"][::5]])
print(pd.DataFrame(drivers.rows).T.round(3))
