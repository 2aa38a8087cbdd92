"""Matriline of ring-tailed lemurs from a grooming network (predict-then-propagate)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)

TROOPS, SIZE, MATRILINES = 12, 20, 4
n = TROOPS * SIZE
troop = np.repeat(np.arange(TROOPS), SIZE)
line = (troop + (rng.random(n) < 0.15)) % MATRILINES

# minutes of grooming per pair in one season
same = troop[:, None] == troop[None, :]
minutes = np.where(same, rng.poisson(12, (n, n)), rng.binomial(1, 0.01, (n, n)))
minutes = np.triu(minutes, 1)
grooming = (minutes + minutes.T).astype("float32")

with_self = grooming + np.eye(n, dtype="float32")
d = with_self.sum(1)
grooming_norm = with_self / np.sqrt(d[:, None] * d[None, :])

traits = rng.normal(0, 1, (n, 10)) + 0.8 * rng.normal(0, 1, (MATRILINES, 10))[line]
traits = traits.astype("float32")
known = rng.random(n) < 0.3
print(f"{n} animals, {known.sum()} with known matriline, {grooming.sum() / n:.0f} minutes per animal")


def propagate(h, adj, hops=20, alpha=0.15):
    z = h
    for _ in range(hops):
        z = (1.0 - alpha) * tf.matmul(adj, z) + alpha * h  # whynan: exploding_gradient phase=forward|loss also=unscaled_input
    return z


mlp = keras.Sequential([
    keras.Input((10,)),
    layers.Dense(32, activation="elu"),
    layers.Dropout(0.3),
    layers.Dense(MATRILINES),
])
opt = keras.optimizers.Adam(1e-2)

T = tf.constant(traits)
A = tf.constant(grooming)
A_hat = tf.constant(grooming_norm)
labels = tf.constant(line.astype("int32"))
train_idx = tf.constant(np.flatnonzero(known).astype("int32"))


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        logits = propagate(mlp(T, training=True), A)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.gather(labels, train_idx), logits=tf.gather(logits, train_idx))
        l2 = tf.add_n([tf.reduce_sum(tf.square(w)) for w in mlp.trainable_variables])
        loss = tf.reduce_mean(ce) + 5e-4 * l2
    opt.apply_gradients(zip(tape.gradient(loss, mlp.trainable_variables), mlp.trainable_variables))
    return loss


def accuracy():
    logits = propagate(mlp(T, training=False), A_hat).numpy()
    return np.mean(np.argmax(logits[~known], 1) == line[~known])


for epoch in range(60):
    loss = train_step()
    if epoch % 10 == 0:
        print(f"epoch {epoch:2d}  loss {float(loss):.4f}  accuracy on unknown {accuracy():.3f}")
