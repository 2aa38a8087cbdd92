"""Steering a barge along the middle of a canal with the cross-entropy method: simulate voyages, keep those that
lasted longer than the 80th percentile, teach the policy network their rudder commands. It learns well (the mean
length of a voyage rises), and when it has almost solved the task the loss becomes nan and the barge only turns left."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)

SETTINGS = dict(voyages=64, longest=30, percentile=80, rounds=120, updates=5, rate=0.01)


class Canal:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def start(self, n):
        self.offset = self.rng.uniform(-0.2, 0.2, n)
        self.heading = self.rng.normal(0.0, 0.1, n)
        self.afloat = np.ones(n, dtype=bool)
        return self.view()

    def view(self):
        return np.stack([self.offset, self.heading], axis=1).astype("float32")

    def move(self, rudder):
        self.heading += 0.25 * (2.0 * rudder - 1.0) + self.rng.normal(0.0, 0.05, len(rudder))
        self.offset += 0.1 * self.heading
        self.afloat &= np.abs(self.offset) < 1.0
        return self.view()


policy = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(2),
])
optimizer = keras.optimizers.Adam(SETTINGS["rate"])
optimizer.build(policy.trainable_variables)


@tf.function
def probabilities(view):
    return tf.nn.softmax(policy(view))


def sail(canal):
    views, rudders, alive = [], [], []
    view = canal.start(SETTINGS["voyages"])
    for _ in range(SETTINGS["longest"]):
        right = probabilities(tf.constant(view)).numpy()[:, 1]
        rudder = (canal.rng.random(len(right)) < right).astype("int32")
        views.append(view)
        rudders.append(rudder)
        alive.append(canal.afloat.copy())
        view = canal.move(rudder)
    alive = np.array(alive)
    return np.array(views), np.array(rudders), alive, alive.sum(axis=0)


@tf.function
def imitate(views, rudders, keep):
    with tf.GradientTape() as tape:
        nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=rudders, logits=policy(views))
        loss = tf.reduce_sum(nll * keep) / tf.reduce_sum(keep)  # whynan: empty_reduction phase=loss also=divide_by_zero,zero_weight_sum
    grads = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    return loss


canal = Canal(8)
for r in range(SETTINGS["rounds"]):
    views, rudders, alive, lengths = sail(canal)
    bar = np.percentile(lengths, SETTINGS["percentile"])
    best = lengths > bar
    keep = (alive & best[None]).astype("float32").reshape(-1)
    for _ in range(SETTINGS["updates"]):
        loss = imitate(tf.constant(views.reshape(-1, 2)), tf.constant(rudders.reshape(-1)), tf.constant(keep))
    if r % 10 == 0:
        print(f"round {r:3d}: mean voyage {lengths.mean():5.2f}, bar {bar:5.1f}, loss {float(loss):.4f}")
