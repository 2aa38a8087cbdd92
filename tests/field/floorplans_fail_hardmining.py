"""Which corridor of the building is the phone in?  RSSI of 8 access points -> 6 corridors."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(555)

N_CORRIDORS = 6
N_AP = 8


def walk_survey(n, seed):
    g = np.random.default_rng(1000)
    ap = g.uniform(0, 60, (N_AP, 2))
    corridor = np.array([[5, 5], [55, 5], [30, 30], [5, 55], [55, 55], [30, 58]], dtype=float)
    g = np.random.default_rng(seed)
    c = g.integers(0, N_CORRIDORS, n)
    pos = corridor[c] + g.normal(0, 1.2, (n, 2))
    dist = np.linalg.norm(pos[:, None] - ap[None], axis=-1) + 1.0
    rssi = -38 - 28 * np.log10(dist) + g.normal(0, 1.0, (n, N_AP))
    return ((rssi + 75) / 12).astype("float32"), c.astype("int32")


class HardMiningModel(keras.Model):
    """Only the difficult samples of a batch count (OHEM): those with a cross entropy over `hard_above`."""

    def __init__(self, *args, hard_above=0.4, **kwargs):
        super().__init__(*args, **kwargs)
        self.hard_above = hard_above
        self.loss_avg = keras.metrics.Mean(name="loss")
        self.hard_avg = keras.metrics.Mean(name="hard_share")
        self.acc = keras.metrics.SparseCategoricalAccuracy(name="acc")

    @property
    def metrics(self):
        return [self.loss_avg, self.hard_avg, self.acc]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
            hard = tf.cast(ce > self.hard_above, tf.float32)
            loss = tf.reduce_sum(ce * hard) / tf.reduce_sum(hard)  # whynan: empty_reduction phase=loss also=divide_by_zero,zero_weight_sum
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_avg.update_state(loss)
        self.hard_avg.update_state(tf.reduce_mean(hard))
        self.acc.update_state(y, logits)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        logits = self(x, training=False)
        self.acc.update_state(y, logits)
        return {"acc": self.acc.result()}


x_train, y_train = walk_survey(1536, seed=1)
x_val, y_val = walk_survey(300, seed=2)

inp = keras.Input((N_AP,))
h = layers.Dense(48, activation="elu")(inp)
h = layers.Dense(48, activation="elu")(h)
model = HardMiningModel(inp, layers.Dense(N_CORRIDORS)(h))
model.compile(optimizer=keras.optimizers.Adam(2e-3))
model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=32, epochs=30, verbose=2)
