"""GloVe vectors for recipe ingredients ("what goes with what"), from co-occurrence counts."""
import numpy as np
import tensorflow as tf
import keras
from keras.layers import Embedding

SEED = 11
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

N_INGREDIENTS = 250
N_RECIPES = 3000
DIM = 24
X_MAX = 50.0
BATCH = 2048
EPOCHS = 10

# salt, oil, onion ... are everywhere; saffron is not
popularity = 1.0 / np.arange(1, N_INGREDIENTS + 1) ** 0.8
cuisine_of = rng.integers(0, 5, N_INGREDIENTS)


def cooccurrence():
    X = np.zeros((N_INGREDIENTS, N_INGREDIENTS))
    for _ in range(N_RECIPES):
        p = popularity * np.where(cuisine_of == rng.integers(5), 3.0, 1.0)
        picked = rng.choice(N_INGREDIENTS, size=8, replace=False, p=p / p.sum())
        X[np.ix_(picked, picked)] += 1.0
    np.fill_diagonal(X, 0.0)
    return X


X = cooccurrence()
I, J = np.nonzero(X)
counts = X[I, J].astype("float32")
log_counts = np.log(counts)
f = np.minimum(1.0, (counts / X_MAX) ** 0.75).astype("float32")
print(len(I), "non-zero pairs, largest count", int(counts.max()))

main_vec = Embedding(N_INGREDIENTS, DIM)
ctx_vec = Embedding(N_INGREDIENTS, DIM)
main_bias = Embedding(N_INGREDIENTS, 1, embeddings_initializer="zeros")
ctx_bias = Embedding(N_INGREDIENTS, 1, embeddings_initializer="zeros")
tables = [main_vec, ctx_vec, main_bias, ctx_bias]
for layer in tables:
    layer.build()
params = [layer.embeddings for layer in tables]

sgd = keras.optimizers.SGD(learning_rate=0.5)


def train_batch(i, j, weight, logx):
    with tf.GradientTape() as tape:
        w, c = main_vec(i), ctx_vec(j)
        bi, bj = main_bias(i)[:, 0], ctx_bias(j)[:, 0]
        loss = tf.reduce_sum(weight * tf.square(tf.reduce_sum(w * c, axis=1) + bi + bj - logx))  # whynan: learning_rate_too_high phase=loss|forward
    grads = tape.gradient(loss, params)
    sgd.apply_gradients(zip(grads, params))
    return loss


for epoch in range(EPOCHS):
    order = rng.permutation(len(I))
    total = 0.0
    for start in range(0, len(order), BATCH):
        b = order[start:start + BATCH]
        total += float(train_batch(tf.constant(I[b]), tf.constant(J[b]),
                                   tf.constant(f[b]), tf.constant(log_counts[b])))
    print(f"epoch {epoch:2d}  weighted squared error per pair {total / len(I):.4f}")

vec = np.array(params[0]) + np.array(params[1])
vec /= np.linalg.norm(vec, axis=1, keepdims=True)
print("closest to salt:", np.argsort(-vec @ vec[0])[1:6])
