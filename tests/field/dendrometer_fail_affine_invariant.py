"""Season growth of forest trees from weekly weather.

Every band dendrometer has its own zero and its own spring, so a tree's curve is
known only up to a gain and an offset.  I borrowed the trick of the depth people:
fit gain and offset per tree by least squares inside the loss and compare after that.
On the 2022 plots it trained well.  With the 2023 plots the loss prints nan in the
first epoch, although I already leave out trees that have no reading at all.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

WEEKS = 26
BATCH = 16


def simulate_plots(n_trees, seed):
    rng = np.random.default_rng(seed)
    week = np.arange(WEEKS)
    temp = 9.0 + 9.0 * np.sin(np.pi * (week + 2) / 30.0) + rng.normal(0, 1.5, (n_trees, WEEKS))
    rain = rng.gamma(1.2, 9.0, (n_trees, WEEKS))
    girth = np.repeat(rng.uniform(12, 55, (n_trees, 1)), WEEKS, axis=1)

    weekly = 0.03 * np.clip(temp - 6.0, 0, None) * (0.4 + 0.6 * np.tanh(rain / 12.0))
    curve = np.cumsum(weekly * (0.6 + girth / 60.0), axis=1)
    gain = rng.uniform(0.4, 1.7, (n_trees, 1))
    zero = rng.uniform(0.5, 4.0, (n_trees, 1))
    reading = zero + gain * curve + rng.normal(0, 0.04, curve.shape)

    # bands go on in spring, are read on most of the weekly rounds and on the final round
    installed = rng.integers(0, 10, n_trees)
    installed[rng.choice(n_trees, 5, replace=False)] = WEEKS - 1  # snapped bands, renewed last
    read = rng.random((n_trees, WEEKS)) < 0.7
    read[:, -1] = True
    read &= week[None, :] >= installed[:, None]

    x = np.stack([temp / 20.0, rain / 30.0, girth / 50.0], axis=-1).astype("float32")
    y = np.where(read, reading, 0.0).astype("float32")
    return x, y, read.astype("float32")


class GrowthNet(keras.Model):
    def __init__(self, units=24):
        super().__init__()
        self.memory = keras.layers.GRU(units, return_sequences=True)
        self.weekly = keras.layers.Dense(1, activation="softplus")

    def call(self, x):
        step = self.weekly(self.memory(x))[..., 0]
        return tf.cumsum(step, axis=1)


def fit_gain_and_offset(pred, target, mask):
    a00 = tf.reduce_sum(mask * pred * pred, axis=1)
    a01 = tf.reduce_sum(mask * pred, axis=1)
    a11 = tf.reduce_sum(mask, axis=1)
    b0 = tf.reduce_sum(mask * pred * target, axis=1)
    b1 = tf.reduce_sum(mask * target, axis=1)
    det = a00 * a11 - a01 * a01
    gain = (a11 * b0 - a01 * b1) / det  # whynan: divide_by_zero phase=loss also=single_element_variance,zero_variance_normalisation,catastrophic_cancellation
    offset = (a00 * b1 - a01 * b0) / det
    return gain[:, None], offset[:, None]


def affine_invariant_loss(pred, target, mask):
    gain, offset = fit_gain_and_offset(pred, target, mask)
    error = tf.square(gain * pred + offset - target) * mask
    count = tf.reduce_sum(mask, axis=1)
    per_tree = tf.reduce_sum(error, axis=1) / tf.maximum(count, 1.0)
    has_readings = count > 0
    return tf.reduce_mean(tf.boolean_mask(per_tree, has_readings))


model = GrowthNet()
optimizer = keras.optimizers.Adam(3e-3)


@tf.function
def train_step(x, y, mask):
    with tf.GradientTape() as tape:
        loss = affine_invariant_loss(model(x, training=True), y, mask)
    grads = tape.gradient(loss, model.trainable_variables)
    grads, _ = tf.clip_by_global_norm(grads, 1.0)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


def main():
    x, y, mask = simulate_plots(n_trees=320, seed=2023)
    model(x[:BATCH])  # creates the weights
    optimizer.build(model.trainable_variables)
    data = (
        tf.data.Dataset.from_tensor_slices((x, y, mask))
        .shuffle(320, seed=4, reshuffle_each_iteration=True)
        .batch(BATCH, drop_remainder=True)
    )
    for epoch in range(4):
        losses = [float(train_step(*batch)) for batch in data]
        print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}")


if __name__ == "__main__":
    main()
