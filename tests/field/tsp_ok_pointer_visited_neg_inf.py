# Pointer network imitating nearest-neighbour tours. Cities that were visited have logit -inf.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
CITIES, DIM = 6, 16


def nearest_neighbour_tours(xy):
    n = len(xy)
    d = np.linalg.norm(xy[:, :, None] - xy[:, None], axis=-1)
    d[:, np.arange(CITIES), np.arange(CITIES)] = np.inf
    tours = np.zeros((n, CITIES), "int32")
    rows = np.arange(n)
    d[rows, :, 0] = np.inf
    for t in range(1, CITIES):
        nxt = d[rows, tours[:, t - 1]].argmin(1)
        tours[:, t] = nxt
        d[rows, :, nxt] = np.inf
    assert (np.sort(tours, 1) == np.arange(CITIES)).all()
    return tours


class Pointer(keras.Model):
    def __init__(self):
        super().__init__()
        self.encode = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(DIM)])
        self.query = layers.Dense(DIM)

    def call(self, xy, tours):
        """log-probability of every tour; entropy only for the log file"""
        keys = self.encode(xy)
        visited = tf.one_hot(tours[:, 0], CITIES) > 0
        total, entropy = 0.0, 0.0
        for t in range(1, CITIES):
            here = tf.gather(keys, tours[:, t - 1], batch_dims=1)
            logits = tf.einsum("bd,bnd->bn", self.query(here), keys) / DIM ** 0.5
            logits = tf.where(visited, -np.inf, logits)
            logp = tf.nn.log_softmax(logits)
            total += tf.gather(logp, tours[:, t, None], batch_dims=1)[:, 0]
            lp = tf.stop_gradient(logp)
            entropy -= tf.reduce_mean(tf.reduce_sum(tf.math.multiply_no_nan(lp, tf.exp(lp)), 1))
            visited = visited | (tf.one_hot(tours[:, t], CITIES) > 0)
        return total, entropy


rng = np.random.default_rng(1)
xy = rng.uniform(size=(256, CITIES, 2)).astype("float32")
tours = nearest_neighbour_tours(xy)
model = Pointer()
model(xy[:64], tours[:64])
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(bx, bt):
    with tf.GradientTape() as tape:
        logp, entropy = model(bx, bt)
        loss = -tf.reduce_mean(logp)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss, entropy


data = tf.data.Dataset.from_tensor_slices((xy, tours)).shuffle(256, seed=0).batch(64, drop_remainder=True)
for epoch in range(15):
    for bx, bt in data:
        loss, entropy = train_step(bx, bt)
    if epoch % 5 == 0:
        print(epoch, float(loss), "entropy", float(entropy))
# whynan: healthy
