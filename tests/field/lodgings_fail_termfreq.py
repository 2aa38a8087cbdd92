# star rating from guest comments, plain bag of words (relative term frequencies)
import random

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(15)

GOOD = "lovely clean quiet friendly breakfast comfortable great view perfect cosy".split()
BAD = "dirty noisy rude cold broken smelly tiny mould overpriced damp".split()
FILLER = "the room was we stayed two nights and it had a bed with bathroom near station".split()
SHORT_GOOD = ["great!", "perfect!!", ":)", "lovely place", "would come again"]
SHORT_BAD = ["never again", "...", "dirty.", "rude staff", "too noisy!"]


def write_comment(stars):
    if random.random() < 0.08:
        return random.choice(SHORT_GOOD if stars >= 3 else SHORT_BAD)
    words = random.choices(FILLER, k=random.randint(4, 12))
    words += random.choices(GOOD, k=max(0, int(stars) + random.randint(-2, 1)))
    words += random.choices(BAD, k=max(0, 5 - int(stars) + random.randint(-2, 1)))
    random.shuffle(words)
    return " ".join(words).capitalize() + random.choice([".", "!", ""])


def corpus(n):
    stars = np.array([random.choices([1, 2, 3, 4, 5], weights=[8, 10, 20, 35, 27])[0] for _ in range(n)])
    return [write_comment(s) for s in stars], stars.astype("float32")


texts, stars = corpus(2000)
for t, s in list(zip(texts, stars))[:4]:
    print(int(s), t)

vectorizer = layers.TextVectorization(max_tokens=200, output_mode="count")
vectorizer.adapt(texts)
vocab_size = vectorizer.vocabulary_size()
print("vocabulary:", vocab_size)


def term_frequency(batch_text, batch_stars):
    counts = tf.cast(vectorizer(batch_text), tf.float32)
    tf_matrix = counts / tf.reduce_sum(counts, axis=1, keepdims=True)  # whynan: divide_by_zero phase=data also=nan_in_input
    return tf_matrix, (batch_stars - 3.0) / 2.0


def pipeline(lo, hi, training):
    ds = tf.data.Dataset.from_tensor_slices((texts[lo:hi], stars[lo:hi]))
    if training:
        ds = ds.shuffle(hi - lo, seed=1)
    return ds.batch(64).map(term_frequency).prefetch(tf.data.AUTOTUNE)


train, test = pipeline(0, 1700, True), pipeline(1700, 2000, False)

model = keras.Sequential([
    keras.Input((vocab_size,)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])
model.fit(train, epochs=5, verbose=2)
print("test:", model.evaluate(test, verbose=0))

top = np.argsort(-np.abs(model.layers[0].get_weights()[0]).sum(axis=1))[:8]
print("strongest words:", [vectorizer.get_vocabulary()[i] for i in top])
