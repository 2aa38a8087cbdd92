import numpy as np
import tensorflow as tf
import keras
from keras import layers

# Did a marten come to the nest box during the night?
# A night has up to 6 photos (12 numbers each from an older network), some nights the camera never fired.
keras.utils.set_random_seed(77)
rs = np.random.RandomState(77)
NIGHTS, SHOTS, DIM = 900, 6, 12


def make_nights():
    n_shots = rs.randint(1, SHOTS + 1, NIGHTS)
    n_shots[rs.rand(NIGHTS) < 0.12] = 0
    taken = np.arange(SHOTS)[None, :] < n_shots[:, None]
    photos = rs.normal(size=(NIGHTS, SHOTS, DIM)).astype("float32")
    marten = (rs.rand(NIGHTS, SHOTS) < 0.2) & taken
    photos[marten, :4] += 2.2
    photos[~taken] = 0.0
    visit = marten.any(axis=1)
    missed = rs.rand(NIGHTS) < 0.03
    return photos, taken, (visit | missed).astype("float32")


class NightModel(keras.Model):
    """Attention pooling over the photos of one night."""

    def __init__(self):
        super().__init__()
        self.encode = layers.Dense(24, activation="relu")
        self.gate = layers.Dense(16, activation="tanh")
        self.score = layers.Dense(1, use_bias=False)
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.acc = keras.metrics.BinaryAccuracy(name="acc")

    def attention(self, h, taken):
        s = tf.squeeze(self.score(self.gate(h)), -1)
        s = tf.where(taken, s, -np.inf)
        w = tf.nn.softmax(s, axis=-1)
        return tf.where(taken, w, 0.0)

    def call(self, inputs):
        photos, taken = inputs
        h = self.encode(photos)
        w = self.attention(h, taken)
        night = tf.reduce_sum(w[:, :, None] * h, axis=1)
        fired = tf.cast(tf.reduce_any(taken, axis=1, keepdims=True), tf.float32)
        return self.out(self.hidden(tf.concat([night, fired], axis=1)))

    def train_step(self, data):
        x, y = data
        y = tf.reshape(y, [-1, 1])
        with tf.GradientTape() as tape:
            logit = self(x, training=True)
            ce = tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=logit)
            loss = tf.reduce_mean(ce)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.acc.update_state(y, tf.sigmoid(logit))
        return {"loss": self.loss_tracker.result(), "acc": self.acc.result()}

    @property
    def metrics(self):
        return [self.loss_tracker, self.acc]


photos, taken, visit = make_nights()
print("nights without a photo:", int((~taken.any(axis=1)).sum()), " visits:", visit.mean())
n_train = 720

net = NightModel()
net([photos[:4], taken[:4]])
net.compile(optimizer=keras.optimizers.Adam(2e-3))
net.fit([photos[:n_train], taken[:n_train]], visit[:n_train],  # whynan: healthy
        batch_size=36, epochs=12, verbose=2)

logit = np.concatenate([net([photos[i:i + 60], taken[i:i + 60]]).numpy()[:, 0]
                        for i in range(n_train, NIGHTS, 60)])
guess = logit > 0
real = visit[n_train:] > 0.5
print("test accuracy", (guess == real).mean())
print("quiet nights called quiet", (~guess[~taken[n_train:].any(axis=1)]).mean())
