# Siamese net is trained in a background thread so that my GUI keeps responding. Loss is nan after some steps
import queue
import threading

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(9)


def make_pairs(n=256, dim=12, seed=9):
    rng = np.random.default_rng(seed)
    proto = rng.normal(size=(6, dim))
    cls = rng.integers(0, 6, n)
    a = (proto[cls] + 0.2 * rng.normal(size=(n, dim))).astype("float32")
    same = rng.random(n) < 0.5
    other = proto[(cls + 1) % 6] + 0.2 * rng.normal(size=(n, dim))
    jitter = a + 0.1 * rng.normal(size=(n, dim))
    b = np.where(same[:, None], jitter, other).astype("float32")
    # augmentation is switched off with p=0.1 -> the pair is the very same crop
    keep = same & (rng.random(n) < 0.1)
    keep[130], same[130] = True, True
    b[keep] = a[keep]
    return a, b, same.astype("float32")


class Trainer(threading.Thread):
    def __init__(self, data, messages, margin=1.0):
        super().__init__(daemon=True)
        self.data, self.messages, self.margin = data, messages, margin
        self.encoder = keras.Sequential(
            [keras.Input((12,)), keras.layers.Dense(24, activation="tanh"), keras.layers.Dense(6)]
        )
        self.optimizer = keras.optimizers.Adam(1e-3)

    def contrastive(self, za, zb, same):
        dist = tf.norm(za - zb, axis=1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        push = tf.maximum(self.margin - dist, 0.0)
        return tf.reduce_mean(same * dist + (1.0 - same) * push)

    @tf.function
    def train_step(self, a, b, same):
        with tf.GradientTape() as tape:
            loss = self.contrastive(self.encoder(a, training=True), self.encoder(b, training=True), same)
        variables = self.encoder.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss

    def run(self):
        ds = tf.data.Dataset.from_tensor_slices(self.data).batch(32)
        for epoch in range(3):
            for step, batch in enumerate(ds):
                self.messages.put((epoch, step, float(self.train_step(*batch))))
        self.messages.put(None)


messages = queue.Queue()
worker = Trainer(make_pairs(), messages)
worker.start()
while (msg := messages.get()) is not None:
    print("epoch %d step %d loss %.4f" % msg)
worker.join()
