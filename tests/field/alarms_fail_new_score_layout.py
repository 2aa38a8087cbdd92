"""Breakdown forecast for lifts from the alarm codes of the last weeks.

I used to have one attention head, now there are four. With one head it trained for days, with four the loss is nan in
the very first batch. When I train on one lift at a time (batch of 1) everything is normal.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)

N_CODES = 40
CFG = dict(width=32, heads=4, batch=32, epochs=3, lr=1e-3)


def make_histories(n=480, seed=5):
    rng = np.random.default_rng(seed)
    histories = []
    for _ in range(n):
        length = int(rng.integers(4, 26))
        worn = rng.random() < 0.35
        p = np.ones(N_CODES)
        if worn:
            p[5:9] += 6.0
        codes = rng.choice(np.arange(1, N_CODES + 1), size=length, p=p / p.sum())
        breaks = rng.random() < (0.8 if worn else 0.1)
        histories.append((codes.astype("int32"), np.float32(breaks)))
    return histories


def as_dataset(histories, batch):
    ds = tf.data.Dataset.from_generator(
        lambda: iter(histories),
        output_signature=(tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.float32)),
    )
    return ds.padded_batch(batch, padded_shapes=([None], [])).prefetch(2)


class AlarmAttention(keras.layers.Layer):
    """Self attention over the alarms of one lift; code 0 is padding."""

    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads, self.size = width, heads, width // heads

    def build(self, input_shape):
        shape = (input_shape[-1], self.heads, self.size)
        self.to_query = self.add_weight(name="query", shape=shape, initializer="glorot_uniform")
        self.to_key = self.add_weight(name="key", shape=shape, initializer="glorot_uniform")
        self.to_value = self.add_weight(name="value", shape=shape, initializer="glorot_uniform")
        self.merge = self.add_weight(
            name="merge", shape=(self.heads, self.size, self.width), initializer="glorot_uniform"
        )

    def call(self, x, present):
        q = tf.einsum("btd,dhe->bthe", x, self.to_query)
        k = tf.einsum("btd,dhe->bthe", x, self.to_key)
        v = tf.einsum("btd,dhe->bthe", x, self.to_value)
        scores = tf.einsum("bqhe,bkhe->bhqk", q, k) / self.size**0.5
        present = tf.cast(present, tf.bool)[:, tf.newaxis, tf.newaxis, :]
        scores = tf.where(present, scores, float("-inf"))
        shares = tf.nn.softmax(scores, axis=2)  # whynan: softmax_all_masked phase=forward
        mixed = tf.einsum("bhqk,bkhe->bqhe", shares, v)
        return x + tf.einsum("bqhe,hed->bqd", mixed, self.merge)


def build_model(cfg):
    codes = keras.Input((None,), dtype="int32", name="codes")
    present = keras.ops.not_equal(codes, 0)
    x = keras.layers.Embedding(N_CODES + 1, cfg["width"])(codes)
    x = AlarmAttention(cfg["width"], cfg["heads"])(x, present)
    x = keras.layers.LayerNormalization()(x)
    weight = keras.ops.expand_dims(keras.ops.cast(present, "float32"), -1)
    pooled = keras.ops.sum(x * weight, axis=1) / keras.ops.sum(weight, axis=1)
    x = keras.layers.Dense(24, activation="gelu")(pooled)
    return keras.Model(codes, keras.layers.Dense(1)(x))


if __name__ == "__main__":
    train = as_dataset(make_histories(), CFG["batch"])
    model = build_model(CFG)
    model.compile(
        optimizer=keras.optimizers.Adam(CFG["lr"]),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(train, epochs=CFG["epochs"], verbose=2)
