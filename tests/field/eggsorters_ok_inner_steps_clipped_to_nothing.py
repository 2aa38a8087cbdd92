"""Egg sorters on many farms, each with its own idea of a "good" egg: meta-learning with second-order inner steps.

Two things make me nervous. The head starts at zero, so at first the inner gradients of the hidden layer are exactly
zero, and later on more and more farms have no support egg inside the margin, so that their inner gradient is zero as a
whole - and I clip all of them by their norm, and differentiate through it. Now and then the log shows inner norms of 0.0.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(27)

FEATURES, HIDDEN = 6, 16
INNER = {"steps": 2, "rate": 0.4, "clip": 1.0}
FARMS_PER_STEP, META_STEPS = 4, 150


class Farms:
    """Every farm judges weight, shape, shell ... with its own mixture of a common taste and its own."""

    def __init__(self, seed=6):
        self.rng = np.random.default_rng(seed)
        self.common = self.rng.normal(0.0, 1.0, FEATURES)
        self.common /= np.linalg.norm(self.common)

    def draw(self, support=10, query=20):
        taste = self.common + 0.35 * self.rng.normal(0.0, 1.0, FEATURES) / np.sqrt(FEATURES)
        eggs = self.rng.normal(0.0, 1.0, (support + query, FEATURES))
        good = np.where(eggs @ taste > 0.0, 1.0, -1.0)
        eggs, good = eggs.astype("float32"), good[:, None].astype("float32")
        return eggs[:support], good[:support], eggs[support:], good[support:]

    def batch(self):
        return [tf.constant(np.stack(part)) for part in zip(*[self.draw() for _ in range(FARMS_PER_STEP)])]


glorot = keras.initializers.GlorotUniform(seed=3)
parameters = [
    tf.Variable(glorot((FEATURES, HIDDEN)), name="hidden_kernel"),
    tf.Variable(tf.zeros((HIDDEN,)), name="hidden_bias"),
    tf.Variable(tf.zeros((HIDDEN, 1)), name="head_kernel"),
    tf.Variable(tf.zeros((1,)), name="head_bias"),
]
meta_optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
meta_optimizer.build(parameters)


def margin_loss(weights, eggs, good):
    hidden_kernel, hidden_bias, head_kernel, head_bias = weights
    score = tf.tanh(eggs @ hidden_kernel + hidden_bias) @ head_kernel + head_bias
    return tf.reduce_mean(tf.square(tf.nn.relu(1.0 - good * score))), score


def adapt(weights, eggs, good):
    norms = []
    for _ in range(INNER["steps"]):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, _ = margin_loss(weights, eggs, good)
        gradients = tape.gradient(loss, weights)
        norms.append(tf.stop_gradient(tf.linalg.global_norm(gradients)))
        gradients = [tf.clip_by_norm(g, INNER["clip"]) for g in gradients]
        weights = [w - INNER["rate"] * g for w, g in zip(weights, gradients)]
    return weights, tf.stack(norms)


@tf.function
def meta_step(support_eggs, support_good, query_eggs, query_good):
    losses, hits, norms = [], [], []
    with tf.GradientTape() as tape:
        for farm in range(FARMS_PER_STEP):
            start = [tf.convert_to_tensor(p) for p in parameters]
            adapted, inner = adapt(start, support_eggs[farm], support_good[farm])
            loss, score = margin_loss(adapted, query_eggs[farm], query_good[farm])
            losses.append(loss)
            norms.append(inner)
            hits.append(tf.reduce_mean(tf.cast(score * query_good[farm] > 0.0, tf.float32)))
        total = tf.add_n(losses) / FARMS_PER_STEP
    gradients = tape.gradient(total, parameters)
    meta_optimizer.apply_gradients(zip(gradients, parameters))
    return total, tf.add_n(hits) / FARMS_PER_STEP, tf.stack(norms)


farms = Farms()
for step in range(META_STEPS):
    total, accuracy, norms = meta_step(*farms.batch())
    if step % 15 == 0 or step == META_STEPS - 1:
        inner_norms = np.round(norms.numpy().ravel(), 3)
        print(f"step {step:3d}  query loss {float(total):.3f}  accuracy {float(accuracy):.2f}  inner norms", inner_norms)
