"""Tagging jets (quark / W / top) from their constituents with a small slot-attention encoder.

I moved the padding mask over from our transformer tagger, where it has worked for a year. Here the loss is nan from the
first batch. If I feed only jets that fill all 24 places it trains without any problem.
"""
import keras
import numpy as np
import tensorflow as tf

PLACES = 24
CLASSES = ("quark", "w", "top")
cfg = dict(slots=4, width=32, rounds=3, lr=1e-3, batch=50, epochs=2)


def simulate(n, seed):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, len(CLASSES), n)
    jets = np.zeros((n, PLACES, 3), np.float32)
    for j in range(n):
        prongs = int(label[j]) + 1
        count = int(np.clip(rng.poisson(9 + 4 * prongs), 4, PLACES))
        axes = rng.normal(0.0, 0.35, (prongs, 2))
        member = rng.integers(0, prongs, count)
        share = np.sort(rng.dirichlet(np.full(count, 0.8)))[::-1] + 1e-4
        jets[j, :count, 0] = share
        jets[j, :count, 1:] = axes[member] + rng.normal(0.0, 0.05, (count, 2))
    return jets, label.astype("int32")


class SlotEncoder(keras.layers.Layer):
    def __init__(self, slots, width, rounds, **kwargs):
        super().__init__(**kwargs)
        self.rounds = rounds
        self.scale = width ** -0.5
        self.seeds = self.add_weight(shape=(1, slots, width), initializer="random_normal", name="seeds")
        self.norm_in = keras.layers.LayerNormalization()
        self.norm_slot = keras.layers.LayerNormalization()
        self.norm_out = keras.layers.LayerNormalization()
        self.to_k = keras.layers.Dense(width, use_bias=False)
        self.to_v = keras.layers.Dense(width, use_bias=False)
        self.to_q = keras.layers.Dense(width, use_bias=False)
        self.merge = keras.layers.Dense(width, activation="tanh")

    def call(self, constituents, present):
        x = self.norm_in(constituents)
        k, v = self.to_k(x), self.to_v(x)
        slots = self.seeds + tf.zeros([tf.shape(x)[0], 1, 1])
        for _ in range(self.rounds):
            q = self.to_q(self.norm_slot(slots)) * self.scale
            scores = tf.einsum("bnd,bsd->bns", k, q)
            scores = tf.where(present[:, :, None], scores, -np.inf)
            share = tf.nn.softmax(scores, axis=-1)  # whynan: softmax_all_masked phase=forward
            share = share / (tf.reduce_sum(share, axis=1, keepdims=True) + 1e-8)
            update = tf.einsum("bns,bnd->bsd", share, v)
            slots = self.norm_out(slots + self.merge(tf.concat([slots, update], axis=-1)))
        return slots


class JetTagger(keras.Model):
    def __init__(self, slots, width, rounds):
        super().__init__()
        self.embed = keras.layers.Dense(width, activation="gelu")
        self.encode = SlotEncoder(slots, width, rounds)
        self.hidden = keras.layers.Dense(32, activation="gelu")
        self.out = keras.layers.Dense(len(CLASSES))

    def call(self, jets, training=False):
        present = jets[..., 0] > 0.0
        slots = self.encode(self.embed(jets), present)
        return self.out(self.hidden(tf.reduce_mean(slots, axis=1)))


if __name__ == "__main__":
    keras.utils.set_random_seed(77)
    jets, label = simulate(600, seed=8)
    assert np.isfinite(jets).all()
    tagger = JetTagger(cfg["slots"], cfg["width"], cfg["rounds"])
    tagger.compile(
        optimizer=keras.optimizers.AdamW(cfg["lr"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    tagger.fit(jets, label, batch_size=cfg["batch"], epochs=cfg["epochs"], verbose=2)
