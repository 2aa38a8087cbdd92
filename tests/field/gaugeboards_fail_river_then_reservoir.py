"""Water level of tomorrow from rain, inflow and release. The model keeps its own running scale of the level, so the
same net can go from one site to the next. The river site trains without trouble. Continued on the mountain reservoir it
also goes well for two or three epochs, the loss gets smaller and smaller, and then it is nan out of nowhere."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(64)


class Site(keras.utils.PyDataset):
    def __init__(self, zero, swing, days=1920, batch=32, seed=0, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        rain = rng.gamma(0.6, 1.5, days)
        inflow = np.convolve(rain, np.exp(-np.arange(8) / 3.0))[:days]
        release = rng.normal(0.0, 1.0, days)
        season = np.sin(np.arange(days) * 2 * np.pi / 365)
        drive = np.stack([rain, inflow, release, season], axis=1)
        drive = (drive - drive.mean(0)) / drive.std(0)
        level = zero + swing * (0.6 * drive[:, 1] - 0.4 * drive[:, 2] + 0.5 * season + 0.2 * rng.normal(size=days))
        self.x = drive.astype("float32")
        self.y = level[:, None].astype("float32")
        self.batch, self.rng = batch, rng
        self.order = rng.permutation(days)

    def __len__(self):
        return len(self.order) // self.batch

    def __getitem__(self, i):
        pick = self.order[i * self.batch:(i + 1) * self.batch]
        return self.x[pick], self.y[pick]

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.order))


class LevelModel(keras.Model):
    def __init__(self, pace=0.1, **kwargs):
        super().__init__(**kwargs)
        self.pace = pace
        self.body = keras.Sequential([
            layers.Dense(24, activation="tanh"),
            layers.Dense(12, activation="tanh"),
            layers.Dense(1),
        ])
        self.level_mean = self.add_weight(name="level_mean", shape=(), initializer="zeros", trainable=False)
        self.level_square = self.add_weight(name="level_square", shape=(), initializer="ones", trainable=False)
        self.error = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.error]

    def call(self, x):
        return self.body(x)

    def follow(self, level):
        """Running mean and spread of the level at this site."""
        self.level_mean.assign_add(self.pace * (tf.reduce_mean(level) - self.level_mean))
        self.level_square.assign_add(self.pace * (tf.reduce_mean(tf.square(level)) - self.level_square))
        spread = tf.sqrt(self.level_square - tf.square(self.level_mean)) + 1e-3  # whynan: catastrophic_cancellation phase=loss|forward also=sqrt_of_negative
        return tf.convert_to_tensor(self.level_mean), spread

    def train_step(self, data):
        x, level = data
        middle, spread = self.follow(level)
        wanted = (level - middle) / spread
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(x) - wanted))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.error.update_state(loss)
        return {"loss": self.error.result()}


class Report(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(f"  epoch {epoch + 1}: {logs['loss']:.4f}   mean level {float(self.model.level_mean.numpy()):.3f}")


if __name__ == "__main__":
    model = LevelModel()
    model(np.zeros((1, 4), "float32"))
    model.compile(optimizer=keras.optimizers.Adam(1e-3))

    print("river, metres over the local gauge board")
    model.fit(Site(zero=2.3, swing=0.35, seed=10), epochs=3, verbose=0, callbacks=[Report()])

    print("reservoir, metres above sea level")
    model.fit(Site(zero=1204.6, swing=0.06, seed=11), epochs=7, verbose=0, callbacks=[Report()])
