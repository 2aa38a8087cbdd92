"""FixMatch on toy images, plain eager GradientTape loop."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)
CLASSES = 10
CFG = dict(threshold=0.95, lr=1e-3, steps=30, batch=16, mu=3)


def weak(x, rng):
    return np.roll(x, rng.integers(-1, 2), axis=2)


def strong(x, rng):
    x = weak(x, rng) + 0.3 * rng.normal(size=x.shape)
    return np.clip(x, 0, 1).astype("float32")


class Pool:
    def __init__(self, n, labelled, seed):
        self.rng = np.random.default_rng(seed)
        y = self.rng.integers(0, CLASSES, n)
        base = self.rng.random((CLASSES, 10, 10))
        x = np.clip(base[y] + 0.15 * self.rng.normal(size=(n, 10, 10)), 0, 1).astype("float32")
        self.labelled = (x[:labelled], y[:labelled])
        self.unlabelled = x[labelled:]

    def draw(self, batch, mu):
        i = self.rng.integers(0, len(self.labelled[0]), batch)
        j = self.rng.integers(0, len(self.unlabelled), batch * mu)
        u = self.unlabelled[j]
        return (weak(self.labelled[0][i], self.rng), self.labelled[1][i],
                weak(u, self.rng), strong(u, self.rng))


def supervised(logits, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


def pseudo_labels(logits):
    p = tf.nn.softmax(tf.stop_gradient(logits))
    return tf.argmax(p, axis=-1), tf.reduce_max(p, axis=-1)


def consistency(logits_weak, logits_strong, threshold):
    label, confidence = pseudo_labels(logits_weak)
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits_strong)
    chosen = tf.boolean_mask(ce, confidence >= threshold)
    return tf.reduce_mean(chosen)  # whynan: empty_reduction phase=loss also=divide_by_zero


net = keras.Sequential([
    keras.Input((10, 10)),
    keras.layers.Flatten(),
    keras.layers.Dense(64, activation="swish"),
    keras.layers.Dense(CLASSES),
])
log_var_u = keras.Variable(0.0, name="log_var_u")  # learned weight of the unlabelled term
variables = net.trainable_variables + [log_var_u]
optimizer = keras.optimizers.Adam(CFG["lr"])
pool = Pool(800, 40, 19)

for step in range(CFG["steps"]):
    xl, yl, uw, us = pool.draw(CFG["batch"], CFG["mu"])
    with tf.GradientTape() as tape:
        loss_x = supervised(net(xl, training=True), yl)
        loss_u = consistency(net(uw, training=True), net(us, training=True), CFG["threshold"])
        loss = loss_x + tf.exp(-log_var_u.value) * loss_u + 0.5 * log_var_u.value
    grads = tape.gradient(loss, [v.value for v in variables])
    optimizer.apply_gradients(zip(grads, variables))
    if step % 10 == 0:
        print(step, float(loss_x), float(loss_u))
