"""Prior-art matching: do two passages from patents describe the same invention?

Passages come from our splitter (256 tokens at most) and sit in a window of 320.  The loss is NaN in the first epoch.
No passage is empty, I assert that below, and with passages cut at 200 tokens the same script trains.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(61)
WINDOW, SPLIT_AT, VOCAB = 320, 256, 900


def write_passages(n, rng):
    """Token ids and a byte mask per passage; a long text gives full pieces and a remainder."""
    ids = np.zeros((n, WINDOW), np.int32)
    mask = np.zeros((n, WINDOW), np.uint8)
    topic = rng.integers(0, 12, n)
    for row in range(n):
        whole = int(rng.gamma(3.0, 110.0)) + 20
        length = SPLIT_AT if whole >= SPLIT_AT and rng.random() < 0.7 else max(20, whole % SPLIT_AT)
        centre = 40 + 70 * topic[row]
        ids[row, :length] = np.clip(rng.normal(centre, 40, length), 1, VOCAB - 1)
        mask[row, :length] = 1
    return ids, mask, topic


class PassagePairs(keras.utils.PyDataset):
    def __init__(self, ids, mask, topic, batch_size=32, batches=16, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.ids, self.mask, self.topic = ids, mask, topic
        self.batch_size, self.batches, self.seed = batch_size, batches, seed

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        rng = np.random.default_rng((self.seed, index))
        left = rng.integers(0, len(self.ids), self.batch_size)
        right = rng.integers(0, len(self.ids), self.batch_size)
        for slot in range(0, self.batch_size, 2):
            right[slot] = rng.choice(np.flatnonzero(self.topic == self.topic[left[slot]]))
        same = (self.topic[left] == self.topic[right]).astype("float32")[:, None]
        inputs = {
            "left_ids": self.ids[left], "left_mask": self.mask[left],
            "right_ids": self.ids[right], "right_mask": self.mask[right],
        }
        return inputs, same


class MaskedMean(keras.layers.Layer):
    """Mean of the token vectors that the mask keeps."""

    def call(self, tokens, present):
        keep = tf.cast(present, tokens.dtype)[:, :, tf.newaxis]
        total = tf.reduce_sum(tokens * keep, axis=1)
        return total / tf.cast(tf.reduce_sum(present, axis=1, keepdims=True), tokens.dtype)  # whynan: int_overflow phase=forward also=divide_by_zero


def passage_encoder():
    ids = keras.Input((WINDOW,), dtype="int32", name="ids")
    mask = keras.Input((WINDOW,), dtype="uint8", name="mask")
    hashed = keras.layers.Embedding(VOCAB, 24, trainable=False, name="hashed_words")(ids)
    local = keras.layers.Conv1D(32, 3, padding="same", activation="gelu")(hashed)
    pooled = MaskedMean(name="pool")(local, mask)
    return keras.Model([ids, mask], keras.layers.Dense(32)(pooled), name="passage_encoder")


def matcher(encoder):
    names = ("left_ids", "left_mask", "right_ids", "right_mask")
    box = {k: keras.Input((WINDOW,), dtype="uint8" if k.endswith("mask") else "int32", name=k) for k in names}
    left = encoder([box["left_ids"], box["left_mask"]])
    right = encoder([box["right_ids"], box["right_mask"]])
    gap = keras.layers.Lambda(lambda pair: keras.ops.abs(pair[0] - pair[1]))([left, right])
    hidden = keras.layers.Dense(32, activation="gelu")(keras.layers.Concatenate()([gap, left * right]))
    return keras.Model(box, keras.layers.Dense(1, activation="sigmoid")(hidden), name="matcher")


if __name__ == "__main__":
    rng = np.random.default_rng(61)
    ids, mask, topic = write_passages(400, rng)
    assert mask.sum(axis=1).min() > 0, "empty passage"
    model = matcher(passage_encoder())
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(PassagePairs(ids, mask, topic), epochs=3, verbose=2)
