import numpy as np
import tensorflow as tf

tf.random.set_seed(96)
HALF = tf.float16


class Adam16:
    """Adam whose moments live in half precision next to the half precision weights."""

    def __init__(self, variables, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
        self.variables, self.lr, self.b1, self.b2, self.eps = variables, lr, b1, b2, eps
        self.m = [tf.Variable(tf.zeros_like(v)) for v in variables]
        self.v = [tf.Variable(tf.zeros_like(v)) for v in variables]

    def step(self, grads):
        for var, m, v, g in zip(self.variables, self.m, self.v, grads):
            m.assign(self.b1 * m + (1 - self.b1) * g)
            v.assign(self.b2 * v + (1 - self.b2) * g * g)
            var.assign_sub(self.lr * m / (tf.sqrt(v) + self.eps))  # whynan: float16_optimizer_state phase=update also=float16_epsilon_underflow,divide_by_zero


rng = np.random.default_rng(96)
x = tf.constant(rng.normal(size=(160, 10)), HALF)
y = tf.constant(rng.integers(0, 3, 160))
w1 = tf.Variable(tf.cast(tf.random.normal([10, 16], stddev=0.3), HALF))
w2 = tf.Variable(tf.cast(tf.random.normal([16, 3], stddev=0.3), HALF))
adam = Adam16([w1, w2])


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        logits = tf.cast(tf.matmul(tf.nn.sigmoid(tf.matmul(xb, w1)), w2), tf.float32)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(yb, logits))
    adam.step(tape.gradient(loss, [w1, w2]))
    return loss


for epoch in range(3):
    for i in range(0, 160, 40):
        loss = train_step(x[i:i + 40], y[i:i + 40])
    print(epoch, float(loss))
