"""Note by note model of folk tunes (a bit like ABC notation), decoder-only transformer from scratch.

To learn how it works I wrote the attention myself instead of taking MultiHeadAttention. Without the mask the loss falls at once
(of course, it can look at the next note). With the mask it is nan in the first batch, whatever the rate, the number of
heads or the clipping of the gradients.
"""
import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(38)

SCALE = ["D", "E", "F", "G", "A", "B", "c", "d", "e", "f", "g", "a"]
NOTES = ["<", ">", "|"] + SCALE + ["z"]
INDEX = {note: i for i, note in enumerate(NOTES)}
BEGIN, END, BAR = INDEX["<"], INDEX[">"], INDEX["|"]
LENGTH = 48


def compose(rng):
    """Eight bars of four notes; the second half repeats the first with another ending."""
    place, bars = int(rng.integers(3, 8)), []
    for _ in range(4):
        bar = []
        for _ in range(4):
            place = int(np.clip(place + rng.choice([-2, -1, -1, 0, 1, 1, 2]), 0, len(SCALE) - 1))
            bar.append("z" if rng.random() < 0.04 else SCALE[place])
        bars.append(bar)
    bars = bars + [list(bar) for bar in bars]
    bars[-1][-2:] = ["E", "D"]
    ids = [BEGIN]
    for bar in bars:
        ids += [INDEX[note] for note in bar] + [BAR]
    return ids + [END] * (LENGTH + 1 - len(ids))


class CausalSelfAttention(layers.Layer):
    def __init__(self, width, heads, **kwargs):
        super().__init__(**kwargs)
        self.width, self.heads = width, heads
        self.project = layers.Dense(3 * width, use_bias=False)
        self.merge = layers.Dense(width)

    def build(self, input_shape):
        length = input_shape[1]
        self.project.build(input_shape)
        self.merge.build(input_shape)
        self.visible = np.tril(np.ones((length, length), dtype="float32"))

    def split(self, x):
        x = tf.reshape(x, (-1, x.shape[1], self.heads, self.width // self.heads))
        return tf.transpose(x, (0, 2, 1, 3))

    def call(self, x):
        query, key, value = (self.split(part) for part in tf.split(self.project(x), 3, axis=-1))
        scores = tf.matmul(query, key, transpose_b=True) / math.sqrt(self.width // self.heads)
        scores = scores + (1.0 - self.visible) * tf.constant(float("-inf"))  # whynan: zero_times_inf phase=forward also=softmax_all_masked,nan_mask_mismatch
        mixed = tf.matmul(tf.nn.softmax(scores, axis=-1), value)
        return self.merge(tf.reshape(tf.transpose(mixed, (0, 2, 1, 3)), (-1, x.shape[1], self.width)))


class AddPosition(layers.Layer):
    def __init__(self, length, width, **kwargs):
        super().__init__(**kwargs)
        self.table = self.add_weight(
            shape=(length, width), initializer=keras.initializers.RandomNormal(stddev=0.02), name="positions"
        )

    def call(self, x):
        return x + self.table


def decoder_block(x, width, heads, name):
    seen = CausalSelfAttention(width, heads, name=f"{name}_attention")(layers.LayerNormalization()(x))
    x = layers.Add()([x, seen])
    h = layers.Dense(2 * width, activation="gelu", name=f"{name}_up")(layers.LayerNormalization()(x))
    return layers.Add()([x, layers.Dense(width, name=f"{name}_down")(h)])


def build_model(width=32, heads=4, blocks=2):
    notes = keras.Input((LENGTH,), dtype="int32")
    x = AddPosition(LENGTH, width)(layers.Embedding(len(NOTES), width)(notes))
    for number in range(blocks):
        x = decoder_block(x, width, heads, f"block{number}")
    return keras.Model(notes, layers.Dense(len(NOTES))(layers.LayerNormalization()(x)))


def continue_tune(model, ids, count=12):
    ids = list(ids)
    for _ in range(count):
        window = np.array([ids + [END] * (LENGTH - len(ids))], dtype="int32")
        ids.append(int(np.argmax(model(window).numpy()[0, len(ids) - 1])))
    return " ".join(NOTES[i] for i in ids)


def main():
    rng = np.random.default_rng(19)
    tunes = np.array([compose(rng) for _ in range(640)], dtype="int32")
    model = build_model()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, global_clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(tunes[:, :-1], tunes[:, 1:], batch_size=32, epochs=3, validation_split=0.1, verbose=2)
    print(continue_tune(model, tunes[0, :12]))


if __name__ == "__main__":
    main()
