import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(3)
rng = np.random.default_rng(3)

# 1-second light curves of an all-night video camera; about one in fifty holds a meteor
N, FRAMES = 2560, 25
curves = rng.normal(0.0, 1.0, (N, FRAMES)).astype("float32")
label = (rng.random(N) < 0.02).astype("float32")
for i in np.flatnonzero(label):
    start = rng.integers(2, 15)
    length = rng.integers(4, 9)
    curves[i, start:start + length] += rng.uniform(2.5, 5.0) * np.hanning(length + 2)[1:-1]
print("meteors:", int(label.sum()), "in", N, "clips")


class Spotter(keras.Model):
    """Tiny 1-d conv net; reports the share of meteors caught while it trains."""

    def __init__(self):
        super().__init__()
        self.conv = keras.layers.Conv1D(8, 5, activation="relu")
        self.pool = keras.layers.GlobalMaxPooling1D()
        self.head = keras.layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.hit_tracker = keras.metrics.Mean(name="hit_rate")

    @property
    def metrics(self):
        return [self.loss_tracker, self.hit_tracker]

    def call(self, x, training=False):
        return self.head(self.pool(self.conv(x[..., None])))[:, 0]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            weight = 1.0 + 9.0 * y
            bce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logits)
            loss = tf.reduce_mean(weight * bce)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))

        called = tf.cast(logits > 0.0, tf.float32)
        caught = tf.reduce_sum(called * y)
        missed = tf.reduce_sum((1.0 - called) * y)
        self.loss_tracker.update_state(loss)
        self.hit_tracker.update_state(caught / (caught + missed))  # whynan: side_nonfinite
        return {"loss": self.loss_tracker.result(), "hit_rate": self.hit_tracker.result()}


spotter = Spotter()
spotter(curves[:2])
spotter.compile(optimizer=keras.optimizers.Adam(5e-3))

data = tf.data.Dataset.from_tensor_slices((curves, label)).shuffle(N, seed=3).batch(32)
spotter.fit(data, epochs=6, verbose=2)

score = spotter.predict(curves, verbose=0)
print("mean score with meteor   :", float(score[label == 1].mean()))
print("mean score without meteor:", float(score[label == 0].mean()))
