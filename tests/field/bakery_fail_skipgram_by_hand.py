"""Product vectors for a bakery chain: skip-gram with negative samples, written by hand in plain TensorFlow.

Which products are bought together? 60 products, 16 dimensions, alpha = 0.025 as in the original program. The printed
loss falls at every report, faster and faster, and then it turns into -inf and nan. The neighbours make no sense either.
"""
import numpy as np
import tensorflow as tf

tf.random.set_seed(5)
rng = np.random.default_rng(5)

N_PRODUCTS = 60
DIM = 16
NEGATIVES = 5
ALPHA = 0.025
BATCH = 512
STEPS = 400


def shopping_baskets(n=4000):
    """Products come in six groups (rolls, cakes, ...); a basket stays mostly within one or two groups."""
    baskets = []
    for _ in range(n):
        groups = rng.choice(6, size=rng.integers(1, 3), replace=False)
        pool = np.concatenate([np.arange(g * 10, g * 10 + 10) for g in groups])
        size = int(rng.integers(2, 6))
        baskets.append(rng.choice(pool, size=size, replace=False))
    return baskets


def pairs_of(baskets):
    centre, context = [], []
    for basket in baskets:
        for i, a in enumerate(basket):
            for j, b in enumerate(basket):
                if i != j:
                    centre.append(a)
                    context.append(b)
    return np.array(centre, "int32"), np.array(context, "int32")


class SkipGram(tf.Module):
    def __init__(self, n, dim):
        super().__init__(name="skipgram")
        self.inner = tf.Variable(tf.random.uniform((n, dim), -0.5, 0.5) / dim ** 0.5, name="inner")
        self.outer = tf.Variable(tf.random.uniform((n, dim), -0.5, 0.5) / dim ** 0.5, name="outer")

    @tf.function
    def update(self, centre, candidates):
        """candidates: the true neighbour in column 0, then the negative samples."""
        sign = tf.constant([[1.0] + [-1.0] * NEGATIVES])
        with tf.GradientTape() as tape:
            c = tf.gather(self.inner, centre)
            o = tf.gather(self.outer, candidates)
            objective = tf.reduce_sum(tf.math.log_sigmoid(sign * tf.einsum("bd,bkd->bk", c, o)))  # whynan: wrong_sign_loss phase=forward|loss
        variables = [self.inner, self.outer]
        for v, g in zip(variables, tape.gradient(objective, variables)):
            v.assign_sub(ALPHA * tf.convert_to_tensor(g))
        return objective / tf.cast(tf.shape(centre)[0], tf.float32)


def neighbours(table, product, k=3):
    unit = table / (np.linalg.norm(table, axis=1, keepdims=True) + 1e-9)
    return np.argsort(-(unit @ unit[product]))[1 : k + 1]


centre, context = pairs_of(shopping_baskets())
print(len(centre), "pairs,", np.bincount(centre, minlength=N_PRODUCTS).min(), "for the rarest product")

model = SkipGram(N_PRODUCTS, DIM)
for step in range(STEPS):
    pick = rng.integers(0, len(centre), BATCH)
    noise = rng.integers(0, N_PRODUCTS, size=(BATCH, NEGATIVES)).astype("int32")
    candidates = np.concatenate([context[pick][:, None], noise], axis=1)
    loss = model.update(tf.constant(centre[pick]), tf.constant(candidates))
    if step % 20 == 0:
        print(f"step {step:4d}  loss {float(loss):.4g}")

for product in (0, 25, 51):
    print("product", product, "is bought with", neighbours(model.inner.numpy(), product))
