"""TransE on a small knowledge graph."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(4)
rng = np.random.default_rng(4)
N_ENT, N_REL, DIM = 40, 3, 10

head = rng.integers(0, N_ENT, 300)
rel = rng.integers(0, N_REL, 300)
tail = (head + rel + 1) % N_ENT
head[12], rel[12], tail[12] = 5, 2, 5       # "subsidiary of itself"

entities = tf.Variable(tf.random.normal((N_ENT, DIM), stddev=0.3), name="entities")
relations = tf.Variable(tf.zeros((N_REL, DIM)), name="relations")
adam = tf.keras.optimizers.Adam(0.01)


def score(h, r, t):
    translated = tf.gather(entities, h) + tf.gather(relations, r) - tf.gather(entities, t)
    return tf.norm(translated, axis=1)  # whynan: norm_grad_at_zero phase=gradient rows=12 also=sqrt_grad_at_zero


for epoch in range(3):
    corrupted = (head + rng.integers(1, N_ENT, 300)) % N_ENT
    with tf.GradientTape() as tape:
        pos = score(head, rel, tail)
        neg = score(head, rel, corrupted)
        loss = tf.reduce_mean(tf.nn.relu(4.0 + pos - neg))
    grads = tape.gradient(loss, [entities, relations])
    adam.apply_gradients(zip(grads, [entities, relations]))
    print("epoch %d margin loss %.4f" % (epoch, loss))
