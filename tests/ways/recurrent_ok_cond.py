# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(77)

model = keras.Sequential([
    keras.Input((None,), dtype="int32"),
    layers.Embedding(30, 8, mask_zero=True),
    layers.GRU(12),
    layers.Dense(1),
])
opt = keras.optimizers.Adam(5e-3)


def mean_of_known(y, pred):
    known = tf.math.is_finite(y)
    return tf.cond(
        tf.reduce_any(known),
        lambda: tf.reduce_mean(tf.square(tf.boolean_mask(y, known) - tf.boolean_mask(pred, known))),
        lambda: tf.constant(0.0),
    )


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = mean_of_known(y, model(x)[:, 0])
    g = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(g, model.trainable_variables))
    return loss


seqs = [list(np.random.randint(1, 30, np.random.randint(0, 9))) for _ in range(128)]
x = keras.utils.pad_sequences(seqs, maxlen=9, padding="post")
y = np.array([sum(s) / 60 for s in seqs], "float32")
y[32:64] = np.nan                       # a whole batch without answers
for epoch in range(2):
    for i in range(0, 128, 32):
        print(epoch, i, float(step(x[i:i + 32], y[i:i + 32])))
