# Cattle identification from nose prints: siamese network, contrastive loss.
# (descriptors of 32 numbers per photo, 30 cows, 50 photos of each)
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
gen = np.random.default_rng(5)

COWS, SHOTS, D = 30, 50, 32
cow_centre = gen.normal(size=(COWS, D))
gallery = (cow_centre[:, None, :] + 0.7 * gen.normal(size=(COWS, SHOTS, D))).astype(np.float32)


def draw_pairs(n):
    left, right, same = [], [], []
    for k in range(n):
        if k % 2 == 0:
            c = gen.integers(COWS)
            a, b = gen.integers(SHOTS, size=2)
            left.append(gallery[c, a]); right.append(gallery[c, b]); same.append(1.0)
        else:
            c, d = gen.choice(COWS, 2, replace=False)
            a, b = gen.integers(SHOTS, size=2)
            left.append(gallery[c, a]); right.append(gallery[d, b]); same.append(0.0)
    return np.stack(left), np.stack(right), np.array(same, np.float32)


tower = keras.Sequential([
    keras.Input((D,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(8),
])
opt = keras.optimizers.SGD(0.02, momentum=0.9)
MARGIN = 2.0


def distance(u, v):
    return tf.sqrt(tf.reduce_sum(tf.square(u - v), axis=1))


def contrastive(same, d):
    pull = same * tf.square(d)
    push = (1.0 - same) * tf.square(tf.nn.relu(MARGIN - d))
    return tf.reduce_mean(pull + push)


def usable(tensors):
    return all(bool(tf.reduce_all(tf.math.is_finite(t))) for t in tensors)


# quick check of the guard before the long run
assert usable([tf.ones(3), tf.zeros((2, 2))])
assert not usable([tf.ones(3), tf.math.log(tf.constant([-1.0, 2.0]))])
assert not usable([tf.constant([1.0, 0.0]) / tf.constant([0.0, 0.0])])

L, R, S = draw_pairs(480)
Lt, Rt, St = draw_pairs(200)
print("pairs of one and the same photo:", int((L == R).all(axis=1).sum()))

for epoch in range(10):
    order = gen.permutation(len(S))
    skipped, seen = 0, []
    for at in range(0, len(order), 24):
        take = order[at:at + 24]
        with tf.GradientTape() as tape:
            u = tower(L[take], training=True)
            v = tower(R[take], training=True)
            loss = contrastive(tf.constant(S[take]), distance(u, v))
        grads = tape.gradient(loss, tower.trainable_variables)
        seen.append(float(loss))
        if not usable(grads):
            skipped += 1
            continue
        opt.apply_gradients(zip(grads, tower.trainable_variables))  # whynan: healthy
    print(f"epoch {epoch}: loss {np.mean(seen):.4f}  batches left out {skipped}/{len(seen)}")

d = distance(tower(Lt), tower(Rt)).numpy()
cut = np.median(d)
print("test accuracy at the median distance:", ((d < cut) == (St > 0.5)).mean())
