import numpy as np
import tensorflow as tf
import keras

np.random.seed(23)
tf.random.set_seed(23)

topics = np.random.dirichlet([0.4] * 6, size=360).astype("float32")
bow = np.random.poisson(topics @ np.random.gamma(1, 4, (6, 20))).astype("float32")
bow /= bow.sum(1, keepdims=True) + 1


def hellinger(p, q):
    gap = tf.sqrt(p + 1e-6) - tf.sqrt(q)  # whynan: sqrt_of_negative phase=loss also=wrong_loss_for_activation
    return tf.reduce_sum(tf.square(gap), axis=-1) / 2.0


inp = keras.layers.Input(shape=(20,))
hid = keras.layers.Dense(20, activation="relu")(inp)
mix = keras.layers.Dense(6)(hid)
topic_model = keras.models.Model(inp, mix)
topic_model.compile(loss=hellinger, optimizer="adam")
result = topic_model.fit(bow, topics, epochs=2, batch_size=40, verbose=0)
print("hellinger per epoch", result.history["loss"])
