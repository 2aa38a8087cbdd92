# whynan: healthy
"""MoCo for speaker embeddings. The queue is created full of NaN so that I notice at once
when a slot is used that has never been written; only written slots are negatives."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(83)
QUEUE, DIM, BATCH, FEATURES = 192, 16, 32, 30


def encoder(name):
    return keras.Sequential([
        keras.Input((FEATURES,)),
        layers.Dense(32, activation="gelu"),
        layers.Dense(DIM),
    ], name=name)


class Queue(tf.Module):
    def __init__(self, size, dim):
        super().__init__()
        self.slots = tf.Variable(tf.fill([size, dim], np.float32("nan")), trainable=False)
        self.head = tf.Variable(0, trainable=False)

    def written(self):
        known = tf.logical_not(tf.math.is_nan(self.slots[:, 0]))
        return tf.boolean_mask(self.slots, known)

    def push(self, keys):
        n = tf.shape(keys)[0]
        where = (self.head + tf.range(n)) % QUEUE
        self.slots.scatter_nd_update(where[:, None], keys)
        self.head.assign((self.head + n) % QUEUE)


class MoCo(tf.Module):
    def __init__(self, tau=0.1):
        super().__init__()
        self.query, self.key = encoder("query"), encoder("key")
        self.key.set_weights(self.query.get_weights())
        self.queue = Queue(QUEUE, DIM)
        self.optimizer = keras.optimizers.Adam(2e-3, clipnorm=1.0)
        self.optimizer.build(self.query.trainable_variables)
        self.tau = tau

    def contrast(self, q, k):
        positive = tf.reduce_sum(q * k, axis=1, keepdims=True)
        negative = tf.matmul(q, self.queue.written(), transpose_b=True)     # (batch, 0) at first
        logits = tf.concat([positive, negative], axis=1) / self.tau
        target = tf.zeros(tf.shape(q)[0], tf.int32)
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits))


def make_step(moco, momentum):
    @tf.function
    def step(view_a, view_b):
        k = tf.stop_gradient(tf.math.l2_normalize(moco.key(view_b), axis=1, epsilon=1e-6))
        with tf.GradientTape() as tape:
            q = tf.math.l2_normalize(moco.query(view_a, training=True), axis=1, epsilon=1e-6)
            loss = tf.debugging.check_numerics(moco.contrast(q, k), "contrastive loss")
        variables = moco.query.trainable_variables
        moco.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        for slow, fast in zip(moco.key.variables, moco.query.variables):
            slow.assign(momentum * slow + (1.0 - momentum) * fast)
        moco.queue.push(k)
        return loss

    return step


def utterances(rng, speakers):
    voice = speakers[rng.integers(0, len(speakers), BATCH)]
    view = lambda: (voice + 0.5 * rng.normal(size=voice.shape)).astype("float32")
    return view(), view()


rng = np.random.default_rng(83)
speakers = rng.normal(size=(400, FEATURES))
moco = MoCo()
steps = {"fill": make_step(moco, 0.9), "main": make_step(moco, 0.99)}

for it in range(80):
    phase = "fill" if it < QUEUE // BATCH else "main"
    loss = float(steps[phase](*utterances(rng, speakers)))
    if it % 5 == 0:
        # mean is nan as long as there are free slots
        print(f"{phase} {it:3d}  loss {loss:.4f}  queue mean {moco.queue.slots.numpy().mean():+.4f}")
