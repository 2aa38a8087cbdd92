# VAE for echo-sounder profiles over krill swarms. Optimizer written after Graves (2013), sec. 3.
import numpy as np
import tensorflow as tf
import keras
from keras.layers import Dense

keras.utils.set_random_seed(2013)

BINS = 32
ZDIM = 4


def echo_profiles(n):
    rng = np.random.default_rng(21)
    depth = np.arange(BINS)
    centre = rng.uniform(4, 28, (n, 1))
    width = rng.uniform(1.5, 4.0, (n, 1))
    strength = rng.gamma(4.0, 0.1, (n, 1))
    background = 0.7 + 0.1 * np.cos(depth / 6.0)
    x = background + strength * np.exp(-0.5 * ((depth - centre) / width) ** 2)
    return (x + rng.normal(0, 0.05, x.shape)).astype("float32")


class GravesRMSProp:
    def __init__(self, params, lr=1e-4, mean_decay=0.9, square_decay=0.95, momentum=0.9, eps=1e-4):
        self.params = params
        self.lr, self.mu, self.eps = lr, momentum, eps
        self.a, self.b = mean_decay, square_decay
        self.mean = [tf.Variable(tf.zeros(p.shape)) for p in params]
        self.square = [tf.Variable(tf.zeros(p.shape)) for p in params]
        self.delta = [tf.Variable(tf.zeros(p.shape)) for p in params]

    def step(self, grads):
        for p, g, m, n, d in zip(self.params, grads, self.mean, self.square, self.delta):
            m.assign(self.a * m + (1.0 - self.a) * g)
            n.assign(self.b * n + (1.0 - self.b) * tf.square(g))
            spread = tf.sqrt(n - tf.square(m) + self.eps)  # whynan: sqrt_of_negative phase=update
            change = self.mu * d - self.lr * g / spread
            d.assign(change)
            p.assign_add(change)


encoder = keras.Sequential([keras.Input((BINS,)), Dense(48, activation="tanh"), Dense(2 * ZDIM)])
decoder = keras.Sequential([keras.Input((ZDIM,)), Dense(48, activation="tanh"), Dense(BINS)])
params = encoder.trainable_weights + decoder.trainable_weights
optim = GravesRMSProp(params)


@tf.function
def elbo_step(x):
    with tf.GradientTape() as tape:
        mu, logvar = tf.split(encoder(x), 2, axis=1)
        z = mu + tf.exp(0.5 * logvar) * tf.random.normal(tf.shape(mu))
        rec = tf.reduce_sum(tf.square(x - decoder(z)), axis=1)
        kl = 0.5 * tf.reduce_sum(tf.exp(logvar) + tf.square(mu) - 1.0 - logvar, axis=1)
        loss = tf.reduce_mean(rec + kl)
    optim.step(tape.gradient(loss, params))
    return loss


profiles = echo_profiles(2048)
for epoch in range(6):
    order = np.random.permutation(len(profiles))
    running = 0.0
    for k in range(0, len(order), 64):
        running += float(elbo_step(tf.constant(profiles[order[k:k + 64]])))
    print("epoch", epoch, "negative elbo", round(running / (len(order) // 64), 4))
