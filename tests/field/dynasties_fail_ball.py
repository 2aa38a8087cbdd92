# Royal family trees in the Poincare ball: who descends from whom, and to which house does a person belong?
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1066)
rng = np.random.default_rng(1066)

PEOPLE = 1500
HOUSES = 9
DIM = 8
NEGATIVES = 8
BATCH = 50

# a forest: the first nine people found the houses, everyone else has a parent
parent = np.full(PEOPLE, -1)
house = np.arange(PEOPLE) % HOUSES
for p in range(HOUSES, PEOPLE):
    parent[p] = (p - HOUSES) // 3
    house[p] = house[parent[p]]
children = np.arange(HOUSES, PEOPLE)

embedding = keras.layers.Embedding(
    PEOPLE, DIM, embeddings_initializer=keras.initializers.RandomUniform(-0.05, 0.05, seed=3)
)
embedding.build((None,))
house_head = keras.Sequential(
    [
        keras.Input((DIM,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(HOUSES),
    ]
)
weights = embedding.trainable_variables + house_head.trainable_variables
opt = keras.optimizers.SGD(0.2)
opt.build(weights)


def sq_norm(v):
    return tf.reduce_sum(tf.square(v), axis=-1)


def ball_distance(u, v):
    ratio = sq_norm(u - v) / ((1.0 - sq_norm(u)) * (1.0 - sq_norm(v)))
    return tf.math.acosh(1.0 + 2.0 * ratio)  # whynan: special_function_domain phase=gradient also=acos_grad_at_one,sqrt_grad_at_zero,norm_grad_at_zero


@tf.function
def step(person, candidates, label):
    """candidates[:, 0] is the true parent"""
    with tf.GradientTape() as tape:
        u = embedding(person)
        v = embedding(candidates)
        d = ball_distance(u[:, None, :], v)
        link = tf.reduce_mean(d[:, 0] + tf.reduce_logsumexp(-d, axis=1))
        logits = house_head(u)
        which = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits))
        loss = link + 0.5 * which
    grads = tape.gradient(loss, weights)
    opt.apply_gradients(zip(grads, weights))
    return link, which


def keep_inside(limit=0.98):
    table = embedding.embeddings.numpy()
    size = np.linalg.norm(table, axis=1, keepdims=True)
    out = size[:, 0] > limit
    table[out] *= limit / size[out]
    embedding.embeddings.assign(table)


for epoch in range(10):
    order = rng.permutation(children)
    links, houses = [], []
    for start in range(0, len(order), BATCH):
        person = order[start:start + BATCH]
        strangers = rng.integers(0, PEOPLE, size=(len(person), NEGATIVES))
        candidates = np.concatenate([parent[person][:, None], strangers], axis=1)
        link, which = step(
            tf.constant(person, tf.int32),
            tf.constant(candidates, tf.int32),
            tf.constant(house[person], tf.int32),
        )
        links.append(float(link))
        houses.append(float(which))
    keep_inside()
    print(f"epoch {epoch:2d}  link {np.mean(links):.4f}  house {np.mean(houses):.4f}")

table = embedding.embeddings.numpy()
print("mean radius of founders", np.linalg.norm(table[:HOUSES], axis=1).mean())
print("mean radius of the youngest", np.linalg.norm(table[-300:], axis=1).mean())
