"""Triplet embedding of products; the positive is another photo of the same product."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(101)
rng = np.random.default_rng(101)
N, D = 240, 16
product = rng.normal(size=(60, D))
who = rng.integers(0, 60, N)
anchor = (product[who] + 0.1 * rng.normal(size=(N, D))).astype("float32")
positive = (product[who] + 0.1 * rng.normal(size=(N, D))).astype("float32")
negative = (product[(who + 7) % 60] + 0.1 * rng.normal(size=(N, D))).astype("float32")
positive[29] = anchor[29]      # only one photo on file


def euclid(a, b):
    return tf.sqrt(tf.reduce_sum(tf.square(a - b), axis=1))  # whynan: sqrt_grad_at_zero phase=gradient rows=29 also=norm_grad_at_zero


class TripletNet(keras.Model):
    def __init__(self, margin=5.0):
        super().__init__()
        self.tower = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(8)])
        self.margin = margin

    def call(self, inputs):
        return [self.tower(x) for x in inputs]

    def train_step(self, data):
        (inputs,) = data
        with tf.GradientTape() as tape:
            a, p, n = self(inputs, training=True)
            loss = tf.reduce_mean(tf.maximum(euclid(a, p) - euclid(a, n) + self.margin, 0.0))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        return {"triplet": loss}


net = TripletNet()
net.compile(optimizer="adam")
net.fit(tf.data.Dataset.from_tensor_slices(((anchor, positive, negative),)).batch(40), epochs=2, verbose=2)
