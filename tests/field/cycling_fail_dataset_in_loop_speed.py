# Is it an e-bike or a normal bike? GPS tracks -> speed curve -> GRU.
# The pipeline is re-created every epoch because the sub-sampling changes.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(19)
POINTS = 40


def record_tracks(n=160, seed=19):
    rng = np.random.default_rng(seed)
    ebike = rng.integers(0, 2, n)
    dt = rng.integers(4, 9, size=(n, POINTS)).astype("float64")
    speed = np.clip(rng.normal(4.5 + 2.0 * ebike[:, None], 1.2, size=(n, POINTS)), 0.3, None)
    heading = np.cumsum(rng.normal(0, 0.3, size=(n, POINTS)), axis=1)
    t = np.cumsum(dt, axis=1)
    east = np.cumsum(speed * dt * np.cos(heading), axis=1)
    north = np.cumsum(speed * dt * np.sin(heading), axis=1)
    tracks = np.stack([t, east, north], axis=-1)
    # the logger of two riders wrote a fix twice (buffer flushed on pause)
    tracks[87, 22] = tracks[87, 21]
    tracks[131, 9] = tracks[131, 8]
    return tracks.astype("float32"), ebike.astype("float32")[:, None]


def hops(track):
    delta = track[1:] - track[:-1]
    metres = tf.sqrt(tf.reduce_sum(tf.square(delta[:, 1:]), axis=1))
    return metres, delta[:, 0]


def speed_curve(track):
    metres, seconds = hops(track)
    speed = metres / seconds  # whynan: divide_by_zero phase=data rows=87,131 also=nan_in_input
    return tf.stack([speed / 5.0, seconds / 6.0], axis=-1)


def pipeline(tracks, labels, epoch):
    ds = tf.data.Dataset.from_tensor_slices((tracks, labels))
    if epoch < 2:
        ds = ds.take(64)                   # short epochs at the beginning
    ds = ds.shuffle(len(tracks), seed=epoch)
    ds = ds.map(lambda track, label: (speed_curve(track), label), num_parallel_calls=2)
    return ds.batch(16, drop_remainder=True).prefetch(1)


class Trainer:
    def __init__(self):
        self.model = keras.Sequential([
            keras.Input((POINTS - 1, 2)),
            layers.GRU(12),
            layers.Dense(1, activation="sigmoid"),
        ])
        self.optimizer = keras.optimizers.Adam(5e-3, use_ema=True, ema_momentum=0.95)
        self.optimizer.build(self.model.trainable_variables)
        self.bce = keras.losses.BinaryCrossentropy()

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.bce(y, self.model(x, training=True))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss

    def run_epoch(self, ds):
        @tf.function
        def whole_epoch():
            total, n = tf.constant(0.0), tf.constant(0.0)
            for x, y in ds:
                total += self.step(x, y)
                n += 1.0
            return total / n

        return float(whole_epoch())


if __name__ == "__main__":
    tracks, labels = record_tracks()
    trainer = Trainer()
    for epoch in range(5):
        loss = trainer.run_epoch(pipeline(tracks, labels, epoch))
        print(f"epoch {epoch}: mean loss {loss:.4f}")
