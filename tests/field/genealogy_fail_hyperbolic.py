"""Hyperbolic embedding of a family tree (after Nickel & Kiela 2017), for the parish register project."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1871)

PEOPLE = 420
DIM = 5
NEGATIVES = 12
BATCH = 128
EPOCHS = 3
BALL_EDGE = 1.0 - 1e-5


def make_register(people, seed=3):
    """parent of person i is someone born up to 60 entries earlier"""
    rng = np.random.default_rng(seed)
    parent = np.full(people, -1)
    for i in range(1, people):
        parent[i] = rng.integers(max(0, i - 60), i)
    return parent


def transitive_closure(parent):
    pairs = []
    for person in range(len(parent)):
        up = parent[person]
        while up >= 0:
            pairs.append((person, up))
            up = parent[up]
    return np.array(pairs, dtype="int32")


class PoincareBall:
    """All geometry lives here so that we can swap in the Lorentz model later."""

    @staticmethod
    def conformal(v):
        return 1.0 - tf.reduce_sum(tf.square(v), axis=-1)

    @classmethod
    def distance(cls, u, v):
        gap = tf.reduce_sum(tf.square(u - v), axis=-1)
        ratio = gap / (cls.conformal(u) * cls.conformal(v))
        return tf.math.acosh(1.0 + 2.0 * ratio)  # whynan: special_function_domain phase=gradient also=acos_grad_at_one

    @staticmethod
    def project(table):
        return tf.clip_by_norm(table, BALL_EDGE, axes=[1])


class FamilyMap:
    def __init__(self):
        self.table = keras.layers.Embedding(
            PEOPLE, DIM, embeddings_initializer=keras.initializers.RandomUniform(-0.01, 0.01))
        self.table.build((None,))
        self.opt = keras.optimizers.Adam(0.01)
        self.opt.build(self.table.trainable_variables)

    def logits(self, person, ancestor):
        others = tf.random.uniform((tf.shape(person)[0], NEGATIVES), 0, PEOPLE, dtype=tf.int32)
        candidates = tf.concat([ancestor[:, None], others], axis=1)
        u = self.table(person)[:, None, :]
        v = self.table(candidates)
        return -PoincareBall.distance(u, v)

    @tf.function
    def step(self, person, ancestor):
        with tf.GradientTape() as tape:
            scores = self.logits(person, ancestor)
            target = tf.zeros(tf.shape(person), dtype=tf.int32)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=scores))
        weights = self.table.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.table.embeddings.assign(PoincareBall.project(tf.convert_to_tensor(self.table.embeddings)))
        return loss


def main():
    pairs = transitive_closure(make_register(PEOPLE))
    print(len(pairs), "ancestor pairs")
    data = (tf.data.Dataset.from_tensor_slices((pairs[:, 0], pairs[:, 1]))
            .shuffle(len(pairs), seed=8).batch(BATCH, drop_remainder=True))
    model = FamilyMap()
    for epoch in range(EPOCHS):
        losses = [float(model.step(p, a)) for p, a in data]
        print(f"epoch {epoch}: {np.mean(losses):.4f}")
    norms = np.linalg.norm(model.table.get_weights()[0], axis=1)
    print("root norm", norms[0], "median norm", np.median(norms))


if __name__ == "__main__":
    main()
