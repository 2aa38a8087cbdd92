"""Critic with compressed values: v for v<=1, 1+log(v) above. log() of negative numbers shows up in the debugger as NaN
but those entries are never selected, and d log(v)/dv = 1/v stays finite for v != 0."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(44)
rng = np.random.default_rng(44)

states = rng.normal(size=(1000, 6)).astype("float32")
returns = np.exp(1.2 * states[:, 0]) - 1.5 * np.abs(states[:, 1])
returns = returns.astype("float32")[:, None]


def compress(v):
    return tf.where(v > 1.0, 1.0 + tf.math.log(v), v)


class Critic(keras.Model):
    def __init__(self):
        super().__init__()
        self.h1 = keras.layers.Dense(32, activation="tanh")
        self.h2 = keras.layers.Dense(32, activation="tanh")
        self.v = keras.layers.Dense(1)

    def call(self, s):
        return self.v(self.h2(self.h1(s)))


critic = Critic()
opt = keras.optimizers.Adam(3e-3)
replay = tf.data.Dataset.from_tensor_slices((states, returns)).shuffle(1000, seed=3).repeat().batch(50)


@tf.function
def update(s, g):
    with tf.GradientTape() as tape:
        td = compress(critic(s)) - compress(g)
        loss = tf.reduce_mean(tf.square(td))
    grads = tape.gradient(loss, critic.trainable_variables)
    opt.apply_gradients(zip(grads, critic.trainable_variables))
    return loss


for i, (s, g) in enumerate(replay.take(200)):
    l = update(s, g)
    if i % 50 == 0:
        print(i, float(l))
