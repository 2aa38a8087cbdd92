"""Fuel used on a tour from its GPS track. Tours have 4 to 30 legs."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf

SEED = 1977
MAX_LEGS = 30
BATCH = 32


def make_tours(n, rng):
    legs = rng.integers(4, MAX_LEGS + 1, n)
    total = legs.sum()
    speed = rng.uniform(0.2, 1.0, total)
    slope = rng.normal(0, 0.6, total)
    load = np.repeat(rng.uniform(0.4, 1.0, n), legs)
    wind = rng.normal(0, 0.3, total)
    per_leg = 0.15 + 0.4 * speed + 0.8 * np.maximum(slope, 0) * load + 0.2 * wind
    starts = np.r_[0, np.cumsum(legs)[:-1]]
    litres = np.add.reduceat(per_leg, starts)
    flat = np.stack([speed, slope, load, wind], axis=-1).astype("float32")
    tracks = tf.RaggedTensor.from_row_lengths(flat, legs)
    return tracks, litres.astype("float32")


class FuelNet(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.gru = keras.layers.GRU(units)
        self.head = keras.layers.Dense(1)

    def call(self, x):
        driven = tf.logical_not(tf.math.is_nan(x[..., 0]))
        x = tf.where(driven[..., None], x, tf.zeros_like(x))
        h = self.gru(x, mask=driven)
        return self.head(h)[:, 0]


def dense_batch(tracks, idx):
    picked = tf.gather(tracks, idx)
    return picked.to_tensor(default_value=np.nan, shape=[None, MAX_LEGS, 4])


def main():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    tracks, litres = make_tours(704, rng)

    model = FuelNet()
    model(dense_batch(tracks, np.arange(2)))
    opt = keras.optimizers.Adam(0.01)
    opt.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - y))
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for epoch in range(14):
        order = rng.permutation(len(litres))
        losses = []
        for k in range(0, len(order), BATCH):
            idx = order[k:k + BATCH]
            loss = step(dense_batch(tracks, idx), tf.constant(litres[idx]))  # whynan: healthy
            losses.append(float(loss))
        print(f"epoch {epoch:2d}  mse {np.mean(losses):8.3f}  worst batch {max(losses):8.3f}")

    probe = np.arange(5)
    for p, t in zip(model(dense_batch(tracks, probe)).numpy(), litres[probe]):
        print(f"{p:6.2f} l predicted, {t:6.2f} l used")


if __name__ == "__main__":
    main()
