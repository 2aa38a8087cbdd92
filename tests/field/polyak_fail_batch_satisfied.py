"""Learning to rank without a learning rate: stochastic Polyak steps, eta = (f - f*) / |g|^2 with f* = 0."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
FEATURES, PAIRS, BATCH = 24, 2048, 32


def click_pairs():
    """difference vectors are enough for a linear ranker, but I keep both documents for later"""
    rng = np.random.default_rng(3)
    taste = rng.normal(size=FEATURES)
    taste /= np.linalg.norm(taste)
    clicked = 0.8 * taste + 0.56 * rng.normal(size=(PAIRS, FEATURES))
    skipped = -0.8 * taste + 0.56 * rng.normal(size=(PAIRS, FEATURES))
    return clicked.astype("float32"), skipped.astype("float32")


class PolyakStep:
    def __init__(self, lower_bound=0.0):
        self.lower_bound = lower_bound

    def rate(self, loss, grads):
        squared = tf.add_n([tf.reduce_sum(g * g) for g in grads])
        eta = (loss - self.lower_bound) / squared  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        return eta

    def apply(self, loss, grads, variables):
        eta = self.rate(loss, grads)
        for g, v in zip(grads, variables):
            v.assign_sub(eta * g)
        return eta


def margin_loss(better, worse, margin=1.0):
    return tf.reduce_mean(tf.nn.relu(margin - (better - worse)))


class Ranker:
    def __init__(self):
        self.scorer = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(1, use_bias=False)])
        self.stepper = PolyakStep()

    @tf.function
    def learn(self, clicked, skipped):
        variables = [v.value for v in self.scorer.trainable_variables]
        with tf.GradientTape() as tape:
            loss = margin_loss(self.scorer(clicked, training=True), self.scorer(skipped, training=True))
        grads = tape.gradient(loss, variables)
        eta = self.stepper.apply(loss, grads, variables)
        return loss, eta


ranker = Ranker()
stream = tf.data.Dataset.from_tensor_slices(click_pairs()).shuffle(PAIRS, seed=3).batch(BATCH)
for epoch in range(6):
    for i, (clicked, skipped) in enumerate(stream):
        loss, eta = ranker.learn(clicked, skipped)
        if i % 16 == 0:
            print(f"epoch {epoch} batch {i:2d} loss {float(loss):.4f} eta {float(eta):.4f}")
