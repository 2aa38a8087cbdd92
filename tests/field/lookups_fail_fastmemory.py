"""
Associative recall ("c9k8j3f1??k" -> 8) with a recurrent cell that has a fast memory
on top of the slow weights, after Ba, Hinton et al. 2016.  The memory is kept in its
attention form: a decaying sum over the earlier hidden states.
"""
import string

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)

CHARS = string.ascii_lowercase + string.digits + "?"
TO_ID = {c: i for i, c in enumerate(CHARS)}
D_IN, D_HID = 32, 64
DECAY, ETA = 0.95, 0.5


def sample(n, rng):
    xs, ys = [], []
    for _ in range(n):
        keys = rng.choice(list(string.ascii_lowercase), 4, replace=False)
        vals = rng.choice(list(string.digits), 4)
        ask = rng.integers(4)
        text = "".join(k + v for k, v in zip(keys, vals)) + "??" + keys[ask]
        xs.append([TO_ID[c] for c in text])
        ys.append(int(vals[ask]))
    return np.array(xs, "int32"), np.array(ys, "int32")


class FastMemoryRNN(keras.Model):
    def __init__(self):
        super().__init__()
        self.table = keras.layers.Embedding(len(CHARS), D_IN)
        self.inp = keras.layers.Dense(D_HID)
        self.rec = keras.layers.Dense(D_HID, use_bias=False,
                                      kernel_initializer=keras.initializers.Identity(0.05))
        self.head = keras.layers.Dense(10)

    def call(self, tokens):
        x = self.inp(self.table(tokens))
        steps = x.shape[1]
        h = tf.zeros((tf.shape(x)[0], D_HID))
        past = []
        for t in range(steps):
            slow = self.rec(h) + x[:, t]
            h = tf.nn.softplus(slow)
            if past:
                mem = tf.stack(past, axis=1)
                fade = tf.constant([DECAY ** (t - 1 - k) for k in range(t)])
                h = tf.nn.softplus(slow + ETA * tf.einsum("bt,btd->bd", fade * tf.einsum("btd,bd->bt", mem, h), mem))  # whynan: exploding_gradient phase=forward
            past.append(h)
        return self.head(h)


rng = np.random.default_rng(5)
x, y = sample(2000, rng)
net = FastMemoryRNN()
adam = keras.optimizers.Adam(1e-3)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        logits = net(xb)
        loss = xent(yb, logits)
    g = tape.gradient(loss, net.trainable_weights)
    adam.apply_gradients(zip(g, net.trainable_weights))
    hits = tf.reduce_mean(tf.cast(tf.argmax(logits, -1, output_type=tf.int32) == yb, tf.float32))
    return loss, hits


B = 50
for epoch in range(3):
    perm = rng.permutation(len(x))
    stats = []
    for s in range(0, len(x), B):
        rows = perm[s:s + B]
        l, a = step(tf.constant(x[rows]), tf.constant(y[rows]))
        stats.append((float(l), float(a)))
    print("epoch %d  loss %.4f  recall %.3f" % (epoch, *np.mean(stats, axis=0)))
