"""Learning to rank with ApproxNDCG (search logs), tf.function training step."""
import logging
import numpy as np
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("ltr")
keras.utils.set_random_seed(9)

QUERIES, DOCS, FEATURES = 60, 8, 12


def search_log():
    rng = np.random.default_rng(9)
    docs = rng.normal(size=(QUERIES, DOCS, FEATURES)).astype("float32")
    taste = rng.normal(size=FEATURES)
    utility = docs @ taste
    grade = np.clip(np.digitize(utility, [0.5, 2.0, 4.0]), 0, 3).astype("float32")
    grade[:, 0] = np.maximum(grade[:, 0], 1.0)
    abandoned = rng.choice(QUERIES, 6, replace=False)  # nobody clicked anything
    grade[abandoned] = 0.0
    return docs, grade


def soft_ranks(scores, temperature=0.1):
    gap = (scores[:, None, :] - scores[:, :, None]) / temperature
    return tf.reduce_sum(tf.sigmoid(gap), axis=-1) + 0.5


def discount(rank):
    return tf.math.log(2.0) / tf.math.log1p(rank)


def gain(grades):
    return tf.pow(2.0, grades) - 1.0


def ideal_dcg(grades):
    ordered = tf.sort(grades, direction="DESCENDING", axis=-1)
    positions = tf.range(1, DOCS + 1, dtype=tf.float32)
    return tf.reduce_sum(gain(ordered) * discount(positions), axis=-1)


def approx_ndcg_loss(grades, scores):
    dcg = tf.reduce_sum(gain(grades) * discount(soft_ranks(scores)), axis=-1)
    ndcg = dcg / ideal_dcg(grades)  # whynan: divide_by_zero phase=loss also=zero_weight_sum
    return 1.0 - tf.reduce_mean(ndcg)


def make_step(scorer, optimizer):
    @tf.function
    def step(docs, grades):
        with tf.GradientTape() as tape:
            scores = tf.squeeze(scorer(docs, training=True), -1)
            loss = approx_ndcg_loss(grades, scores)
        grads = tape.gradient(loss, scorer.trainable_variables)
        grads, _ = tf.clip_by_global_norm(grads, 5.0)
        optimizer.apply_gradients(zip(grads, scorer.trainable_variables))
        return loss
    return step


scorer = keras.Sequential([keras.Input((DOCS, FEATURES)),
                           keras.layers.Dense(32, activation="tanh"),
                           keras.layers.Dense(1)])
step = make_step(scorer, keras.optimizers.Adam(1e-3))
data = tf.data.Dataset.from_tensor_slices(search_log()).shuffle(60, seed=2).batch(10)
for epoch in range(4):
    losses = [float(step(d, g)) for d, g in data]
    log.info("epoch %d  1-ndcg %.4f", epoch, np.mean(losses))
