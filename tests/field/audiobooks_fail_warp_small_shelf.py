"""WARP ranking for the children's shelf of our audiobook app, moved over from the big catalogue.

Loss goes down nicely for a number of epochs, precision rises, and when the model is nearly good the loss prints -inf
and then nan. On the big catalogue (40 000 titles) the same class has been running for a year.
"""
import dataclasses

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)


@dataclasses.dataclass
class Settings:
    listeners: int = 180
    titles: int = 36
    dim: int = 16
    margin: float = 1.0
    max_trials: int = 50
    rate: float = 0.02
    batch: int = 64
    epochs: int = 30


def listening_log(cfg, rng):
    genre = np.arange(cfg.titles) % 4
    taste = rng.dirichlet([0.3] * 4, size=cfg.listeners) + 0.03
    heard = np.zeros((cfg.listeners, cfg.titles), bool)
    for who in range(cfg.listeners):
        p = taste[who, genre]
        heard[who, rng.choice(cfg.titles, size=6, replace=False, p=p / p.sum())] = True
    return heard


def sampled_batches(heard, cfg, rng):
    listeners, titles = np.nonzero(heard)
    unheard = [np.flatnonzero(~row) for row in heard]
    order = rng.permutation(len(listeners))
    for start in range(0, len(order), cfg.batch):
        take = order[start:start + cfg.batch]
        negatives = np.stack([rng.choice(unheard[who], cfg.max_trials) for who in listeners[take]])
        yield (tf.constant(listeners[take], tf.int32), tf.constant(titles[take], tf.int32),
               tf.constant(negatives, tf.int32))


class Factors(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.listener = keras.layers.Embedding(cfg.listeners, cfg.dim)
        self.title = keras.layers.Embedding(cfg.titles, cfg.dim)
        self.liked = keras.layers.Embedding(cfg.titles, 1, embeddings_initializer="zeros")

    def call(self, who, what):
        match = tf.einsum("bd,bnd->bn", self.listener(who), self.title(what))
        return match + tf.squeeze(self.liked(what), -1)


class WarpLoss:
    """Goes through the sampled negatives until one violates the margin; the number of tries tells the rank."""

    def __init__(self, n_titles, margin):
        self.n_titles, self.margin = n_titles, margin

    def __call__(self, positive, negatives):
        violates = negatives > positive - self.margin
        found = tf.reduce_any(violates, axis=1)
        first = tf.argmax(tf.cast(violates, tf.int32), axis=1, output_type=tf.int32)
        hinge = self.margin - positive[:, 0] + tf.gather(negatives, first, batch_dims=1)
        rank = tf.cast((self.n_titles - 1) // (first + 1), tf.float32)
        importance = tf.math.log(rank)  # whynan: log_of_zero phase=loss
        return tf.reduce_mean(tf.where(found, importance * hinge, tf.zeros_like(hinge)))


class Trainer:
    def __init__(self, cfg):
        self.model = Factors(cfg)
        self.model(tf.zeros([1], tf.int32), tf.zeros([1, 1], tf.int32))
        self.warp = WarpLoss(cfg.titles, cfg.margin)
        self.optimizer = keras.optimizers.Adam(cfg.rate)
        self.optimizer.build(self.model.trainable_variables)

    @tf.function
    def step(self, who, heard, unheard):
        with tf.GradientTape() as tape:
            positive = self.model(who, heard[:, None])
            negatives = self.model(who, unheard)
            loss = self.warp(positive, negatives)
        weights = self.model.trainable_variables
        grads = [tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)]
        self.optimizer.apply_gradients(zip(grads, weights))
        return loss


def precision_at(model, heard, k=6):
    n, m = heard.shape
    scores = model(tf.range(n), tf.tile(tf.range(m)[None], [n, 1])).numpy()
    best = np.argsort(-scores, axis=1)[:, :k]
    return np.take_along_axis(heard, best, axis=1).mean()


cfg = Settings()
rng = np.random.default_rng(4)
heard = listening_log(cfg, rng)
trainer = Trainer(cfg)
for epoch in range(cfg.epochs):
    losses = [float(trainer.step(*batch)) for batch in sampled_batches(heard, cfg, rng)]
    print(f"epoch {epoch:2d}  loss {np.mean(losses):8.4f}  precision {precision_at(trainer.model, heard):.3f}")
