"""Stars of guesthouse reviews from the text plus three style numbers (length, shouting, variety of words).

With the words alone the model trains (mse about 0.6). With the style input the loss is nan in epoch 1. All reviews have
a text and a star rating, there are no missing values in the export.
"""
import random

import numpy as np
import tensorflow as tf
import keras
from keras import layers

VOCABULARY, WORDS = 200, 18

GOOD = "lovely clean friendly quiet cosy spotless generous charming warm excellent".split()
BAD = "dirty noisy rude cold damp broken smelly overpriced cramped awful".split()
THINGS = "room breakfast host garden shower bed view kitchen parking street".split()
SHORT = {5: ["10/10", "\u2605\u2605\u2605\u2605\u2605", "Perfect!!!", ":-)"], 1: ["0/10", "Never again.", "1/5 !!!"]}


def write_reviews(n, seed):
    dice = random.Random(seed)
    texts, stars = [], []
    for _ in range(n):
        score = dice.choice([1, 2, 3, 4, 5])
        if score in SHORT and dice.random() < 0.12:
            texts.append(dice.choice(SHORT[score]))
        else:
            phrases = []
            for _ in range(dice.randint(2, 5)):
                pool = GOOD if dice.random() < (score - 0.5) / 5 else BAD
                phrases.append(f"{dice.choice(['the', 'our', 'a'])} {dice.choice(THINGS)} was {dice.choice(pool)}")
            text = ", ".join(phrases) + dice.choice([".", "!", "!!"])
            texts.append(text.upper() if dice.random() < 0.05 else text.capitalize())
        stars.append(float(score))
    return texts, np.array(stars, "float32")[:, None]


def add_style(words, text, stars):
    plain = tf.strings.regex_replace(tf.strings.lower(text), "[^a-z ]", " ")
    tokens = tf.strings.split(plain)
    distinct, _ = tf.unique(tokens)
    length = tf.math.log1p(tf.cast(tf.size(tokens), tf.float32)) / 3.0
    shouting = tf.cast(tf.strings.regex_full_match(text, ".*!!.*"), tf.float32)
    variety = tf.cast(tf.size(distinct) / tf.size(tokens), tf.float32)  # whynan: divide_by_zero phase=data also=nan_in_input,empty_reduction
    return {"words": words, "style": tf.stack([length, shouting, variety])}, stars


def dataset(texts, stars, vectorize, batch=32, training=True):
    texts = tf.constant(texts)
    ds = tf.data.Dataset.from_tensor_slices((vectorize(texts), texts, stars))
    ds = ds.map(add_style)
    if training:
        ds = ds.shuffle(512, seed=3)
    return ds.batch(batch).prefetch(2)


def build_model():
    words = keras.Input((WORDS,), dtype="int64", name="words")
    style = keras.Input((3,), name="style")
    h = layers.Embedding(VOCABULARY, 16)(words)
    h = layers.GlobalAveragePooling1D()(h)
    h = layers.Concatenate()([h, style])
    h = layers.Dense(24, activation="gelu")(h)
    h = layers.Dropout(0.2)(h)
    return keras.Model({"words": words, "style": style}, layers.Dense(1, name="stars")(h))


def main():
    keras.utils.set_random_seed(8)
    texts, stars = write_reviews(900, seed=4)
    assert all(texts), "empty review"
    vectorize = layers.TextVectorization(max_tokens=VOCABULARY, output_sequence_length=WORDS)
    vectorize.adapt(tf.constant(texts))

    model = build_model()
    model.compile(optimizer=keras.optimizers.AdamW(2e-3), loss="mse", metrics=["mae"])
    model.fit(
        dataset(texts[:750], stars[:750], vectorize),
        validation_data=dataset(texts[750:], stars[750:], vectorize, training=False),
        epochs=3,
        verbose=2,
    )


if __name__ == "__main__":
    main()
