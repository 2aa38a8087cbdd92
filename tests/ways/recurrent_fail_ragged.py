import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(72)

# clicks of each customer in the last week; a ragged table
visits = [np.random.gamma(2.0, 10.0, size=np.random.randint(1, 7)).astype("float32") for _ in range(64)]
visits[17] = np.zeros((0,), "float32")
rt = tf.ragged.constant([v.tolist() for v in visits], dtype=tf.float32)
spend = tf.constant([[0.3 * v.sum() + 1.0] for v in visits], tf.float32)

w = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)


def summarise(row):
    return tf.stack([tf.reduce_mean(row) / 10.0, tf.reduce_sum(row) / 50.0])  # whynan: empty_reduction phase=forward|data also=divide_by_zero


@tf.function
def update(rows, target):
    with tf.GradientTape() as tape:
        feats = tf.map_fn(summarise, rows, fn_output_signature=tf.TensorSpec((2,), tf.float32))
        loss = tf.reduce_mean(tf.abs(w(feats) - target))
    g = tape.gradient(loss, w.trainable_variables)
    opt.apply_gradients(zip(g, w.trainable_variables))
    return loss


for i in range(6):
    print("step", i, float(update(rt, spend)))
