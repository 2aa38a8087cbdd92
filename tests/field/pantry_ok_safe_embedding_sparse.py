"""Energy density of recipes from weighted ingredient lists (grams), as sparse tensors.

Many recipes in the export have no ingredients at all, and in others every amount is 0 ("a pinch of ...").  The weighted
mean of such a row should be 0/0, shouldn't it?  I do not see it in the loss and would like to understand why.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(77)

VOCABULARY, LONGEST, WIDTH, BATCH = 90, 9, 8, 32


def invent_recipes(count, rng):
    density = rng.gamma(2.0, 1.2, VOCABULARY)                  # kcal per gram
    rows, kcal = [], []
    for _ in range(count):
        kind = rng.random()
        if kind < 0.08:
            rows.append(([], []))
            kcal.append(2.0)
            continue
        n = int(rng.integers(2, LONGEST + 1))
        ids = np.sort(rng.choice(VOCABULARY, n, replace=False))
        grams = np.zeros(n) if kind < 0.15 else np.round(rng.gamma(1.5, 60.0, n)) * (rng.random(n) > 0.2)
        rows.append((ids, grams))
        weight = grams.sum()
        kcal.append((density[ids] * grams).sum() / weight if weight > 0 else 2.0)
    servings = rng.integers(1, 9, count)
    extra = np.stack([servings / 8.0, rng.random(count)], axis=1).astype("float32")
    return rows, extra, np.array(kcal, "float32")[:, None]


def pack(rows):
    where, ids, grams = [], [], []
    for r, (row_ids, row_grams) in enumerate(rows):
        for c, (i, g) in enumerate(zip(row_ids, row_grams)):
            where.append((r, c))
            ids.append(i)
            grams.append(g)
    where = np.array(where, "int64").reshape(-1, 2)
    shape = (len(rows), LONGEST)
    return (tf.SparseTensor(where, np.array(ids, "int64"), shape),
            tf.SparseTensor(where, np.array(grams, "float32"), shape))


class Pantry:
    def __init__(self):
        self.table = keras.Variable(keras.random.normal((VOCABULARY, WIDTH), stddev=0.3), name="ingredients")
        self.head = keras.Sequential([
            keras.Input((WIDTH + 2,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ])
        self.variables = [self.table] + self.head.trainable_variables
        self.optimizer = keras.optimizers.Adam(5e-3)
        self.optimizer.build(self.variables)

    def __call__(self, ids, grams, extra):
        bag = tf.nn.safe_embedding_lookup_sparse(self.table.value, ids, grams, combiner="mean")
        return self.head(tf.concat([bag, extra], axis=-1))

    @tf.function(reduce_retracing=True)
    def step(self, ids, grams, extra, target):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self(ids, grams, extra) - target))
        grads = tape.gradient(loss, self.variables)
        self.optimizer.apply_gradients(zip(grads, self.variables))
        return loss


def main():
    rng = np.random.default_rng(77)
    rows, extra, kcal = invent_recipes(960, rng)
    empty = sum(1 for ids, grams in rows if not np.sum(grams) > 0)
    print(f"{empty} of {len(rows)} recipes weigh nothing")
    pantry = Pantry()
    for epoch in range(12):
        order = rng.permutation(len(rows))
        losses = []
        for start in range(0, len(order), BATCH):
            pick = order[start:start + BATCH]
            ids, grams = pack([rows[i] for i in pick])
            loss = pantry.step(ids, grams, tf.constant(extra[pick]), tf.constant(kcal[pick]))
            losses.append(float(loss))
        print(f"epoch {epoch:2d}  mse {np.mean(losses):.4f}")


main()
# whynan: healthy
