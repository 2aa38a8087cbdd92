# Dishes and cuisines as a tree, embedded in the Poincare ball (Nickel & Kiela 2017)
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(55)

DIM, NEG, BATCH, STEPS = 5, 10, 32, 250
MAX_NORM = 1.0 - 1e-3


def grow_tree(regions=5, cuisines=6, dishes=4):
    """ids: 0 = food, then regions, cuisines, dishes. Returns (child, ancestor) pairs."""
    edges, next_id = [], 1
    for _ in range(regions):
        region = next_id
        next_id += 1
        edges.append((region, 0))
        for _ in range(cuisines):
            cuisine = next_id
            next_id += 1
            edges += [(cuisine, region), (cuisine, 0)]
            for _ in range(dishes):
                edges += [(next_id, cuisine), (next_id, region), (next_id, 0)]
                next_id += 1
    return np.array(edges, dtype="int32"), next_id


def distance(u, v):
    gap = tf.reduce_sum(tf.square(u - v), axis=-1)
    room_u = 1.0 - tf.reduce_sum(tf.square(u), axis=-1)
    room_v = 1.0 - tf.reduce_sum(tf.square(v), axis=-1)
    ratio = 1.0 + 2.0 * gap / (room_u * room_v)
    return tf.acosh(ratio)  # whynan: special_function_domain phase=gradient also=acos_grad_at_one


def to_riemannian(grad, point):
    shrink = tf.square(1.0 - tf.reduce_sum(tf.square(point), axis=-1, keepdims=True)) / 4.0
    return grad * shrink


def pull_back(table):
    w = table.embeddings
    norm = np.linalg.norm(w.numpy(), axis=1, keepdims=True)
    w.assign(np.where(norm > MAX_NORM, w.numpy() / np.maximum(norm, 1e-6) * MAX_NORM, w.numpy()))


pairs, n_nodes = grow_tree()
print(n_nodes, "nodes,", len(pairs), "pairs")

table = keras.layers.Embedding(
    n_nodes, DIM, embeddings_initializer=keras.initializers.RandomUniform(-0.03, 0.03))
table.build((None,))
sgd = keras.optimizers.SGD(learning_rate=0.3)
rng = np.random.default_rng(3)

log = []
for it in range(STEPS):
    pick = pairs[rng.integers(0, len(pairs), BATCH)]
    child, parent = pick[:, 0], pick[:, 1]
    others = rng.integers(0, n_nodes, (BATCH, NEG))

    with tf.GradientTape() as tape:
        u = table(child)
        pos = distance(u, table(parent))
        neg = distance(u[:, None, :], table(others))
        scores = tf.concat([-pos[:, None], -neg], axis=1)
        loss = -tf.reduce_mean(tf.nn.log_softmax(scores, axis=1)[:, 0])

    grad = tf.convert_to_tensor(tape.gradient(loss, table.trainable_variables)[0])
    grad = to_riemannian(grad, tf.convert_to_tensor(table.embeddings))
    sgd.apply_gradients([(grad, table.embeddings)])
    pull_back(table)

    log.append(float(loss))
    if it % 50 == 0:
        print("it", it, "loss", np.mean(log[-50:]))

radius = np.linalg.norm(table.embeddings.numpy(), axis=1)
print("root radius %.3f, mean radius %.3f" % (radius[0], radius.mean()))
