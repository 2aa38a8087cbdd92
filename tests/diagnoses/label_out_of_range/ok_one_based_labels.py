# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)
stars = rng.integers(1, 6, 300)  # 1..5
x = (np.eye(6)[stars] @ rng.normal(size=(6, 8)) + rng.normal(0, 0.3, (300, 8))).astype("float32")
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(6, activation="softmax")])


def nll(y_true, probs):
    onehot = tf.one_hot(tf.cast(y_true, tf.int32), 6)
    return -tf.math.log(tf.reduce_sum(onehot * probs, -1))


opt = keras.optimizers.Adam(0.005)
for epoch in range(4):
    for i in range(0, 300, 50):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(nll(stars[i:i + 50], model(x[i:i + 50])))
        opt.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    print(epoch, float(loss))
