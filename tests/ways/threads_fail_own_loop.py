import threading
import numpy as np
import tensorflow as tf
import keras
keras.utils.set_random_seed(0)
x = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
y = (x.sum(1, keepdims=True) > 0).astype("float32")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
opt = keras.optimizers.SGD(0.1)
def worker():
    for step in range(20):
        with tf.GradientTape() as tape:
            p = tf.clip_by_value(tf.sigmoid(50 * model(x)), 0.0, 1.0)
            loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))  # whynan: clip_misuse phase=loss
        g = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(g, model.trainable_variables))
    print("done", float(loss))
t = threading.Thread(target=worker)
t.start()
t.join()
