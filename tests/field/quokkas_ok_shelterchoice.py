"""Which shrub does a collared quokka sleep under?

Every evening the animal has between two and nine shrubs in reach. A small attention model
compares the shrubs of one evening with each other and gives each of them a score
(a conditional logit with context effects).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(311)
rng = np.random.default_rng(311)

MAX_SHRUBS = 9
EVENINGS = 2400


def simulate(n):
    count = rng.integers(2, MAX_SHRUBS + 1, n)
    present = np.arange(MAX_SHRUBS)[None, :] < count[:, None]
    feats = rng.normal(0, 1, (n, MAX_SHRUBS, 4)) * present[..., None]   # cover, distance, fruit, height
    cover, dist, fruit, height = np.moveaxis(feats, -1, 0)
    utility = 2.4 * cover - 1.6 * dist + 0.8 * fruit - 0.5 * height ** 2
    utility = np.where(present, utility + rng.gumbel(0, 1, utility.shape), -np.inf)
    return feats.astype("float32"), present, utility.argmax(1).astype("int32")


class ShrubScorer(keras.Model):
    def __init__(self, dim=16):
        super().__init__()
        self.dim = dim
        self.q = keras.layers.Dense(dim)
        self.k = keras.layers.Dense(dim)
        self.v = keras.layers.Dense(dim)
        self.mix = keras.layers.Dense(32, activation="tanh")
        self.score = keras.layers.Dense(1)

    def call(self, feats, present):
        att = tf.matmul(self.q(feats), self.k(feats), transpose_b=True) * self.dim ** -0.5
        att = tf.where(present[:, None, :], att, -np.inf)
        context = tf.matmul(tf.nn.softmax(att), self.v(feats))
        hidden = self.mix(tf.concat([feats, context], -1))
        return tf.where(present, self.score(hidden)[..., 0], -np.inf)


feats, present, chosen = simulate(EVENINGS)
split = 2000
train = (tf.data.Dataset.from_tensor_slices((feats[:split], present[:split], chosen[:split]))
         .shuffle(split, seed=5).batch(80))

model = ShrubScorer()
model(feats[:2], present[:2])
opt = keras.optimizers.Adam(5e-3)


@tf.function
def step(f, p, c):
    with tf.GradientTape() as tape:
        logits = model(f, p)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=c, logits=logits))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
    logp = tf.nn.log_softmax(logits)
    entropy = -tf.reduce_sum(tf.where(p, tf.exp(logp) * logp, 0.0), -1)
    return loss, tf.reduce_mean(entropy)


for epoch in range(12):
    losses, ents = [], []
    for f, p, c in train:
        l, e = step(f, p, c)
        losses.append(float(l))
        ents.append(float(e))
    print(f"epoch {epoch:2d}  nll {np.mean(losses):.3f}  entropy of the choice {np.mean(ents):.3f}")

guess = tf.argmax(model(feats[split:], present[split:]), axis=1).numpy()
print("top-1:", (guess == chosen[split:]).mean(),
      " by chance:", (1 / present[split:].sum(1)).mean())
