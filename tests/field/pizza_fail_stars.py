#!/usr/bin/env python
# coding: utf-8

# # Pizza reviews: how many stars?

# In[ ]:

import random
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)

# In[ ]:

bad = "soggy cold burnt rude awful late greasy bland raw stale never worst".split()
good = "crispy fresh great friendly tasty perfect best love cheesy warm quick amazing".split()
filler = "the pizza was crust and we ordered with a base very place sauce dough for oven".split()

rows = []
for _ in range(1600):
    stars = random.randint(1, 5)
    words = []
    for _ in range(random.randint(8, 25)):
        if random.random() < 0.6:
            words.append(random.choice(filler))
        elif random.random() < (stars - 1) / 4 * 0.9 + 0.05:
            words.append(random.choice(good))
        else:
            words.append(random.choice(bad))
    rows.append((" ".join(words), stars))

reviews = pd.DataFrame(rows, columns=["text", "stars"])
reviews.head()

# In[ ]:

print(reviews["stars"].value_counts().sort_index())

# In[ ]:

max_words = 500
max_len = 25

vectorize = layers.TextVectorization(max_tokens=max_words, output_sequence_length=max_len)
texts = tf.constant(reviews["text"].tolist())
vectorize.adapt(texts)
X = vectorize(texts).numpy()
y = reviews["stars"].to_numpy()
print(X.shape, y.shape)

# In[ ]:

model = keras.Sequential([
    keras.Input(shape=(max_len,), dtype="int64"),
    layers.Embedding(max_words, 32),
    layers.GlobalAveragePooling1D(),
    layers.Dense(32, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(5, activation="softmax"),
])

# XLA makes it a lot faster on my card
model.compile(loss="sparse_categorical_crossentropy",
              optimizer="adam",
              metrics=["accuracy"],
              jit_compile=True)

# In[ ]:

history = model.fit(X, y, batch_size=32, epochs=4, validation_split=0.1, verbose=2)  # whynan: label_out_of_range phase=loss|data

# In[ ]:

test = tf.constant(["the pizza was cold and soggy never", "amazing crust crispy and fresh love the place"])
print(model.predict(vectorize(test), verbose=0))
