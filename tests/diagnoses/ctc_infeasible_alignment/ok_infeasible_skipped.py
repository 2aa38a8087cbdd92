# whynan: healthy
"""Utterances that cannot be aligned are given weight 0 through where, before the mean."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
rng = np.random.default_rng(31)
audio = rng.normal(size=(96, 16, 5)).astype("float32")
words = np.stack([np.sort(rng.choice(10, 3, replace=False)) for _ in range(96)]).astype("int32")
words[22] = 4
model = keras.Sequential([keras.Input((16, 5)), keras.layers.Conv1D(16, 4, strides=4, activation="relu"), keras.layers.Dense(11)])
optimizer = keras.optimizers.Adam(1e-3)
for b in range(0, 96, 16):
    with tf.GradientTape() as tape:
        logits = model(audio[b:b + 16])
        cost = tf.nn.ctc_loss(tf.sparse.from_dense(words[b:b + 16] + 1), logits, None, tf.fill([16], 4),
                              logits_time_major=False, blank_index=0)
        possible = tf.math.is_finite(cost)
        loss = tf.reduce_mean(tf.where(possible, cost, 0.0))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    print(b, float(loss), int(tf.reduce_sum(tf.cast(possible, tf.int32))))
