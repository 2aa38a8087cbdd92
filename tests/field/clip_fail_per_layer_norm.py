"""Double DQN with a zero initialised head (so that all Q values start at 0) and my own per-layer gradient 'clipping'.
keras' clipnorm works, my version does not. What is the difference?"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(50)
N_OBS, N_ACT, GAMMA, MAX_NORM = 4, 3, 0.97, 0.5


def q_network():
    return keras.Sequential([
        keras.Input((N_OBS,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(N_ACT, kernel_initializer="zeros"),
    ])


def limit(grads):
    out = []
    for g in grads:
        length = tf.sqrt(tf.reduce_sum(g * g))
        out.append(g * MAX_NORM / length)  # whynan: divide_by_zero phase=gradient also=clip_misuse
    return out


class ReplayBuffer:
    def __init__(self, n=1000):
        r = np.random.default_rng(3)
        self.s = r.normal(size=(n, N_OBS)).astype("float32")
        self.a = r.integers(0, N_ACT, n).astype("int32")
        self.r = (self.s[:, 0] * (self.a - 1)).astype("float32")
        self.s2 = (self.s + 0.1 * r.normal(size=self.s.shape)).astype("float32")
        self.rng = r

    def sample(self, k=64):
        i = self.rng.integers(0, len(self.a), k)
        return self.s[i], self.a[i], self.r[i], self.s2[i]


online, target = q_network(), q_network()
target.set_weights(online.get_weights())
opt = keras.optimizers.SGD(0.05)
memory = ReplayBuffer()

for step in range(80):
    s, a, r, s2 = memory.sample()
    best = tf.argmax(online(s2), axis=1, output_type=tf.int32)
    q_next = tf.gather(target(s2), best, axis=1, batch_dims=1)
    y = r + GAMMA * q_next
    with tf.GradientTape() as tape:
        q = tf.gather(online(s), a, axis=1, batch_dims=1)
        loss = tf.reduce_mean(keras.losses.huber(y[:, None], q[:, None]))
    grads = limit(tape.gradient(loss, online.trainable_variables))
    opt.apply_gradients(zip(grads, online.trainable_variables))
    if step % 20 == 0:
        target.set_weights(online.get_weights())
        print(step, float(loss))
