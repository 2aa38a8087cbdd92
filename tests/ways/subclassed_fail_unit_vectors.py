import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(30)

# bag of words, one row per ticket
counts = np.random.poisson(0.6, size=(256, 30)).astype("float32")
counts[counts.sum(axis=1) == 0, 0] = 1
counts[77] = 0                    # ticket with attachment only
urgent = (counts[:, 3] + counts[:, 7] > 1).astype("float32")

inputs = keras.Input((30,))
unit = layers.Lambda(lambda t: t / tf.norm(t, axis=-1, keepdims=True))(inputs)  # whynan: divide_by_zero phase=forward rows=77 also=norm_grad_at_zero
h = layers.Dense(32, activation="relu")(unit)
outputs = layers.Dense(1, activation="sigmoid")(h)

clf = keras.Model(inputs, outputs)
clf.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
clf.fit(counts, urgent, epochs=3, batch_size=32, verbose=2)
print("nan weights:", [int(np.isnan(w).sum()) for w in clf.get_weights()])
