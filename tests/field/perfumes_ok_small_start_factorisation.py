"""Scores of a fragrance panel, 60 assessors by 45 perfumes, many pairs never smelt.

I factorise the table myself. For the first eighty steps or so the loss prints 1.000 and
hardly moves in the third decimal, the gradients are tiny and the learning rate
is already 2. Is something broken, or is the table full of NaN getting into the loss?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)

ASSESSORS, PERFUMES, RANK = 60, 45, 4


def panel_table():
    sweet = np.outer(rng.normal(size=ASSESSORS), rng.normal(size=PERFUMES))
    woody = np.outer(rng.normal(size=ASSESSORS), rng.normal(size=PERFUMES))
    table = 6.0 + 1.7 * sweet + 1.0 * woody + 0.4 * rng.normal(size=(ASSESSORS, PERFUMES))
    never_smelt = rng.random(table.shape) < 0.4
    table[never_smelt] = np.nan
    return table


class Palate(keras.layers.Layer):
    """Preference vectors of the assessors and note vectors of the perfumes."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.taste = self.add_weight(
            shape=(ASSESSORS, RANK),
            initializer=keras.initializers.RandomNormal(stddev=1e-3),
            name="taste",
        )
        self.notes = self.add_weight(
            shape=(PERFUMES, RANK),
            initializer=keras.initializers.RandomNormal(stddev=1e-3),
            name="notes",
        )

    def full_table(self):
        return keras.ops.matmul(self.taste, keras.ops.transpose(self.notes))


raw = panel_table()
tested = ~np.isnan(raw)
standard = (raw - np.nanmean(raw)) / np.nanstd(raw)

scores = tf.constant(np.where(tested, standard, 0.0), tf.float32)
observed = tf.constant(tested)
n_observed = tf.constant(float(tested.sum()), tf.float32)

palate = Palate()
variables = palate.trainable_variables
optimizer = keras.optimizers.SGD(learning_rate=2.0)
optimizer.build(variables)


@tf.function
def step():
    with tf.GradientTape() as tape:
        residual = tf.where(observed, scores - palate.full_table(), 0.0)
        loss = tf.reduce_sum(tf.square(residual)) / n_observed
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss, tf.linalg.global_norm(gradients)


for i in range(601):
    loss, norm = step()
    if i % 25 == 0:
        print(f"step {i:4d}  loss {float(loss):.3f}  gradient norm {float(norm):.2e}")

print(f"{int(np.isnan(raw).sum())} empty cells filled by the factorisation")
