"""Exercise 4: write the optimizers of the lecture yourself and compare them on the spam messages (bag of words).

SGD and momentum give nice curves. AdaGrad, copied from slide 17, has the same loss as the others in step 0 and is nan
from step 1, for every learning rate that I tried.
"""
import numpy as np
import tensorflow as tf

WORDS, BATCH, STEPS = 250, 32, 60


def messages(n=1200, seed=17):
    rng = np.random.default_rng(seed)
    usual = 1.0 / np.arange(1, WORDS + 1)
    usual /= usual.sum()
    spam_like = usual * np.where(rng.random(WORDS) < 0.15, 8.0, 1.0)
    spam_like /= spam_like.sum()
    labels = (rng.random(n) < 0.35).astype("float32")
    bags = np.zeros((n, WORDS), "float32")
    for row, label in enumerate(labels):
        drawn = rng.choice(WORDS, size=rng.integers(6, 16), p=spam_like if label else usual)
        bags[row, drawn] = 1.0
    return bags, labels[:, None]


class Network(tf.Module):
    def __init__(self, hidden=16, seed=0):
        super().__init__()
        start = tf.random.Generator.from_seed(seed)
        self.w1 = tf.Variable(start.normal((WORDS, hidden), stddev=0.1))
        self.b1 = tf.Variable(tf.zeros((hidden,)))
        self.w2 = tf.Variable(start.normal((hidden, 1), stddev=0.3))
        self.b2 = tf.Variable(tf.zeros((1,)))

    def __call__(self, x):
        return tf.tanh(x @ self.w1 + self.b1) @ self.w2 + self.b2


class SGD:
    def __init__(self, eta=0.5):
        self.eta = eta

    def update(self, params, grads):
        for p, g in zip(params, grads):
            p.assign_sub(self.eta * g)


class Momentum(SGD):
    def __init__(self, eta=0.1, gamma=0.9):
        super().__init__(eta)
        self.gamma, self.velocity = gamma, None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = [tf.zeros_like(p) for p in params]
        self.velocity = [self.gamma * v + self.eta * g for v, g in zip(self.velocity, grads)]
        for p, v in zip(params, self.velocity):
            p.assign_sub(v)


class AdaGrad(SGD):
    def __init__(self, eta=0.1):
        super().__init__(eta)
        self.history = None

    def update(self, params, grads):
        if self.history is None:
            self.history = [tf.zeros_like(p) for p in params]
        self.history = [h + tf.square(g) for h, g in zip(self.history, grads)]
        for p, g, h in zip(params, grads, self.history):
            p.assign_sub(self.eta / tf.sqrt(h) * g)  # whynan: divide_by_zero phase=update


def train(optimizer, bags, labels):
    net, losses = Network(), []
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        pick = rng.choice(len(bags), BATCH, replace=False)
        with tf.GradientTape() as tape:
            logits = net(tf.constant(bags[pick]))
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels[pick], logits))
        params = [net.w1, net.b1, net.w2, net.b2]
        optimizer.update(params, tape.gradient(loss, params))
        losses.append(float(loss))
    return losses


bags, labels = messages()
for optimizer in (SGD(), Momentum(), AdaGrad()):
    curve = train(optimizer, bags, labels)
    print(f"{type(optimizer).__name__:10s} start {curve[0]:.3f}  step 10 {curve[10]:.3f}  end {curve[-1]:.3f}")
