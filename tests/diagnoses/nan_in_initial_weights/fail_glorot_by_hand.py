import numpy as np
import tensorflow as tf

tf.random.set_seed(40)


def glorot(fan_in, fan_out):
    limit = tf.sqrt(6.0 / (fan_in - fan_out))  # whynan: nan_in_initial_weights phase=data|forward also=sqrt_of_negative
    return tf.Variable(tf.random.uniform([fan_in, fan_out], -1.0, 1.0) * limit)


class Encoder(tf.Module):
    def __init__(self):
        self.narrow = glorot(20, 8)
        self.wide = glorot(8, 20)

    def __call__(self, x):
        return tf.matmul(tf.nn.tanh(tf.matmul(x, self.narrow)), self.wide)


autoencoder = Encoder()
data = np.random.default_rng(40).normal(size=(128, 20)).astype("float32")
velocity = [tf.Variable(tf.zeros_like(v)) for v in autoencoder.trainable_variables]
for epoch in range(3):
    for i in range(0, 128, 32):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(autoencoder(data[i:i + 32]) - data[i:i + 32]))
        grads = tape.gradient(loss, autoencoder.trainable_variables)
        for v, m, g in zip(autoencoder.trainable_variables, velocity, grads):
            m.assign(0.9 * m + g)
            v.assign_sub(0.05 * m)
    print("epoch", epoch, "reconstruction", loss.numpy())
