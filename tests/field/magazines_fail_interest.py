"""Next-article click model for a magazine site. A reader = time-decayed mean of the articles read."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(90)

ARTICLES = 300
READERS = 1500
HISTORY = 12
DIM = 16


class DecayedInterest(layers.Layer):
    """sum_i exp(-age_i / tau) * e_i / sum_i exp(-age_i / tau), ages in days"""

    def __init__(self, tau_days=1.0, **kwargs):
        super().__init__(**kwargs)
        self.tau = tau_days

    def call(self, vectors, ages, filled):
        weight = tf.exp(-ages / self.tau) * filled
        total = tf.reduce_sum(weight, axis=1, keepdims=True)
        return tf.reduce_sum(weight[..., None] * vectors, axis=1) / total  # whynan: zero_weight_sum phase=forward also=exp_underflow,divide_by_zero rows=88,641,1207


class ClickModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.articles = layers.Embedding(ARTICLES + 1, DIM)
        self.interest = DecayedInterest()
        self.hidden = layers.Dense(24, activation="tanh")
        self.score = layers.Dense(1)

    def call(self, history, ages, candidate):
        filled = tf.cast(history > 0, tf.float32)
        reader = self.interest(self.articles(history), ages, filled)
        item = self.articles(candidate)
        h = self.hidden(tf.concat([reader, item, reader * item], axis=1))
        return self.score(h)[:, 0]


def clickstream(rng):
    last_seen = rng.uniform(0.1, 14.0, READERS)
    last_seen[[88, 641, 1207]] = [212.0, 455.0, 340.0]
    gaps = rng.exponential(1.5, (READERS, HISTORY))
    gaps[:, 0] = last_seen
    ages = np.cumsum(gaps, axis=1)
    topic = rng.integers(0, 6, READERS)
    history = 1 + (topic[:, None] * 50 + rng.integers(0, 50, (READERS, HISTORY)))
    n_read = rng.integers(3, HISTORY + 1, READERS)
    history[np.arange(HISTORY)[None, :] >= n_read[:, None]] = 0
    candidate = rng.integers(1, ARTICLES + 1, READERS)
    own = (candidate - 1) // 50 == topic
    same = rng.random(READERS) < 0.4
    candidate = np.where(same, 1 + topic * 50 + rng.integers(0, 50, READERS), candidate)
    own = own | same
    click = (rng.random(READERS) < np.where(own, 0.7, 0.1)).astype("float32")
    return history.astype("int32"), ages.astype("float32"), candidate.astype("int32"), click


history, ages, candidate, click = clickstream(np.random.default_rng(2))
model = ClickModel()
model(history[:2], ages[:2], candidate[:2])
opt = keras.optimizers.Adam(3e-3)
opt.build(model.trainable_variables)


@tf.function
def train_step(h, a, c, label):
    with tf.GradientTape() as tape:
        logit = model(h, a, c)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=label, logits=logit))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((history, ages, candidate, click)).batch(50)
for epoch in range(4):
    losses = [float(train_step(*batch)) for batch in ds]
    print(f"epoch {epoch}  first batch {losses[0]:.4f}  mean {np.mean(losses):.4f}")
