"""Hyperbolic (Poincare ball) embedding of a fungal taxonomy, after Nickel & Kiela."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)

BRANCH, DEPTH, DIM = 4, 5, 5
NEG, BATCH, EPOCHS = 8, 128, 4
BALL = 1.0 - 1e-5


def make_taxonomy():
    """parent[i] for a complete tree; node 0 is the kingdom."""
    parent = [-1]
    level = [0]
    for _ in range(DEPTH):
        nxt = []
        for p in level:
            for _ in range(BRANCH):
                nxt.append(len(parent))
                parent.append(p)
        level = nxt
    return np.array(parent)


parent = make_taxonomy()
n_taxa = len(parent)
links = []
for taxon in range(1, n_taxa):
    up = parent[taxon]
    while up >= 0:
        links.append((taxon, up))
        up = parent[up]
links = np.array(links, dtype="int32")
print(n_taxa, "taxa,", len(links), "is-a links")

table = tf.Variable(rng.uniform(-0.05, 0.05, (n_taxa, DIM)).astype("float32"))


def poincare_distance(u, v):
    gap = tf.reduce_sum(tf.square(u - v), axis=-1)
    room = (1.0 - tf.reduce_sum(u * u, axis=-1)) * (1.0 - tf.reduce_sum(v * v, axis=-1))
    return tf.acosh(1.0 + 2.0 * gap / room)  # whynan: special_function_domain phase=gradient also=acos_grad_at_one


@tf.function
def train_step(child, candidates, lr):
    with tf.GradientTape() as tape:
        u = tf.gather(table, child)[:, None, :]
        v = tf.gather(table, candidates)
        logits = -poincare_distance(u, v)
        target = tf.zeros(tf.shape(child), tf.int32)     # column 0 is the true ancestor
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits))
    grad = tf.convert_to_tensor(tape.gradient(loss, table))
    # Riemannian rescaling, then pull back into the ball
    scale = tf.square(1.0 - tf.reduce_sum(table * table, axis=1, keepdims=True)) / 4.0
    moved = table - lr * scale * grad
    table.assign(tf.clip_by_norm(moved, BALL, axes=[1]))
    return loss


for epoch in range(EPOCHS):
    lr = 1.0 if epoch == 0 else 10.0
    rng.shuffle(links)
    losses = []
    for start in range(0, len(links), BATCH):
        chunk = links[start:start + BATCH]
        negatives = rng.integers(0, n_taxa, (len(chunk), NEG))
        cand = np.concatenate([chunk[:, 1:], negatives], axis=1).astype("int32")
        loss = train_step(tf.constant(chunk[:, 0]), tf.constant(cand), tf.constant(lr, tf.float32))
        losses.append(float(loss))
    print(f"epoch {epoch}  loss {np.mean(losses):.4f}")

radius = np.linalg.norm(table.numpy(), axis=1)
print("radius of the root", radius[0], " mean radius of the leaves", radius[-BRANCH ** DEPTH:].mean())
