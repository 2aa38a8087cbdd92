# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)
x = rng.normal(size=(512, 4)).astype("float32")
relevance = (x[:, 0] + 0.3 * rng.normal(size=512)).astype("float32")
scorer = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        score = scorer(x)
        above = tf.cast(y[:, None] > y, tf.float32)  # all pairs, on purpose
        margins = score - tf.reshape(score, [-1])
        loss = tf.reduce_mean(above * tf.nn.softplus(-margins))
    optimizer.apply_gradients(zip(tape.gradient(loss, scorer.trainable_variables), scorer.trainable_variables))
    return loss


for epoch in range(10):
    print(np.mean([float(step(x[i : i + 64], relevance[i : i + 64])) for i in range(0, 512, 64)]))
