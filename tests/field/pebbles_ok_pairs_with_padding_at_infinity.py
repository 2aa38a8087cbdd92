"""Set autoencoder for pebble outlines (river-bed photographs, 9 to 20 digitised rim points per pebble).

Outlines have different numbers of points, so they are padded. I printed the table of distances between drawn and
digitised points and a third of it is inf. Whole columns, even. Do I have to worry about the loss?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)

MAX_POINTS = 20
DRAWN = 16
BATCH = 60


def digitise(n, seed):
    rng = np.random.default_rng(seed)
    points = np.zeros((n, MAX_POINTS, 2), "float32")
    filled = np.zeros((n, MAX_POINTS), bool)
    for i in range(n):
        k = rng.integers(9, MAX_POINTS + 1)
        angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, k))
        long_axis, short_axis = rng.uniform(0.8, 1.6), rng.uniform(0.4, 0.9)
        turn = rng.uniform(0.0, np.pi)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        rim = np.stack([long_axis * np.cos(angle), short_axis * np.sin(angle)], axis=1) @ rotation.T
        points[i, :k] = rim + rng.normal(0.0, 0.5, 2) + rng.normal(0.0, 0.02, (k, 2))
        filled[i, :k] = True
    return points, filled


class OutlineAutoencoder:
    """Shared network per point, maximum over the real points, then a small decoder."""

    def __init__(self, width=48):
        self.per_point = keras.Sequential([
            keras.Input((MAX_POINTS, 2)),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(width),
        ])
        self.decoder = keras.Sequential([
            keras.Input((width,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(DRAWN * 2),
            keras.layers.Reshape((DRAWN, 2)),
        ])

    @property
    def variables(self):
        return self.per_point.trainable_variables + self.decoder.trainable_variables

    def __call__(self, points, filled):
        features = self.per_point(points, training=True)
        features = tf.where(filled[..., None], features, -np.inf)
        return self.decoder(tf.reduce_max(features, axis=1), training=True)


def chamfer(drawn, points, filled):
    gaps = tf.reduce_sum(tf.square(drawn[:, :, None, :] - points[:, None, :, :]), axis=-1)
    gaps = tf.where(filled[:, None, :], gaps, np.inf)
    drawn_to_rim = tf.reduce_min(gaps, axis=2)
    rim_to_drawn = tf.where(filled, tf.reduce_min(gaps, axis=1), 0.0)
    real_points = tf.reduce_sum(tf.cast(filled, tf.float32))
    return tf.reduce_mean(drawn_to_rim) + tf.reduce_sum(rim_to_drawn) / real_points


net = OutlineAutoencoder()
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(net.variables)


@tf.function
def train_on(points, filled):
    with tf.GradientTape() as tape:
        loss = chamfer(net(points, filled), points, filled)
    gradients = tape.gradient(loss, net.variables)
    optimizer.apply_gradients(zip(gradients, net.variables))
    return loss


def main(epochs=30):
    points, filled = digitise(600, seed=4)
    order = np.random.default_rng(9)
    for epoch in range(epochs):
        losses = []
        for rows in np.split(order.permutation(len(points)), len(points) // BATCH):
            losses.append(float(train_on(tf.constant(points[rows]), tf.constant(filled[rows]))))
        if epoch % 5 == 0 or epoch == epochs - 1:
            print(f"epoch {epoch:2d}  chamfer {np.mean(losses):.4f}")


if __name__ == "__main__":
    main()
