import numpy as np
import tensorflow as tf

tf.random.set_seed(5)
np.random.seed(5)


class Critic(tf.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.w1 = tf.Variable(tf.random.normal((features, hidden), stddev=0.2))
        self.w2 = tf.Variable(tf.zeros((hidden, 1)))   # start from "no opinion"
        self.u1 = tf.random.normal((1, hidden))
        self.u2 = tf.random.normal((1, 1))

    def __call__(self, x):
        return tf.nn.relu(x @ self.w1) @ self.w2


def spectral_norm(w, u, iterations):
    for _ in tf.range(iterations):
        v = tf.matmul(u, w, transpose_b=True)
        v = v / tf.norm(v)  # whynan: divide_by_zero phase=forward|loss
        u = tf.matmul(v, w)
        u = u / tf.norm(u)
    return tf.squeeze(v @ w @ tf.transpose(u))


critic = Critic(10, 16)


@tf.function
def step(x, target, lr):
    with tf.GradientTape() as tape:
        fit = tf.reduce_mean(tf.square(critic(x) - target))
        penalty = spectral_norm(critic.w1, critic.u1, 3) + spectral_norm(critic.w2, critic.u2, 3)
        loss = fit + 0.01 * penalty
    grads = tape.gradient(loss, critic.trainable_variables)
    for v, g in zip(critic.trainable_variables, grads):
        v.assign_sub(lr * g)
    return loss


x = tf.constant(np.random.randn(128, 10).astype("float32"))
t = tf.reduce_sum(x[:, :3], axis=1, keepdims=True)
for i in range(10):
    print(i, step(x, t, tf.constant(0.05)).numpy())
