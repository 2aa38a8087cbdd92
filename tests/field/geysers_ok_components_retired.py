"""Waiting time until the next eruption as a mixture density network.

We begin with seven Gaussian components and switch the least used one off every few epochs. After the first one is off,
model.predict shows -inf in the first columns for every single visitor log entry and the loss makes a little jump.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)

HALF_LOG_TWO_PI = 0.9189385


def visitor_log(n=900, seed=17):
    rng = np.random.default_rng(seed)
    long_play = rng.random(n) < 0.62
    duration = np.where(long_play, rng.normal(4.3, 0.4, n), rng.normal(2.0, 0.3, n))
    pool_temp = rng.normal(92.0, 1.5, n)
    early = rng.random(n) < 0.12
    wait = np.where(long_play & ~early, 80.0, 55.0) + 4.0 * (duration - np.where(long_play, 4.3, 2.0))
    wait = wait - 1.2 * (pool_temp - 92.0) + rng.normal(0.0, 3.5, n)
    x = np.stack([(duration - 3.4) / 1.2, (pool_temp - 92.0) / 1.5], axis=1)
    return x.astype("float32"), ((wait - 70.0) / 13.0).astype("float32")[:, None]


class MixtureHead(keras.layers.Layer):
    def __init__(self, components, **kwargs):
        super().__init__(**kwargs)
        self.components = components
        self.score = keras.layers.Dense(components)
        self.centre = keras.layers.Dense(components, bias_initializer=keras.initializers.RandomUniform(-1.5, 1.5))
        self.width = keras.layers.Dense(components)

    def build(self, input_shape):
        for part in (self.score, self.centre, self.width):
            part.build(input_shape)
        self.alive = self.add_weight(shape=(self.components,), initializer="ones", trainable=False, name="alive")
        self.built = True

    def call(self, hidden):
        score = tf.where(self.alive > 0.5, self.score(hidden), -np.inf)
        log_share = tf.nn.log_softmax(score, axis=-1)
        sigma = tf.nn.softplus(self.width(hidden)) + 0.05
        return tf.concat([log_share, self.centre(hidden), sigma], axis=-1)


def negative_log_likelihood(wait, output):
    log_share, centre, sigma = tf.split(output, 3, axis=-1)
    log_density = -0.5 * tf.square((wait - centre) / sigma) - tf.math.log(sigma) - HALF_LOG_TWO_PI
    return -tf.reduce_logsumexp(log_share + log_density, axis=-1)


class RetireIdle(keras.callbacks.Callback):
    def __init__(self, head, x, when):
        super().__init__()
        self.head, self.x, self.when = head, x, when

    def on_epoch_end(self, epoch, logs=None):
        if epoch not in self.when:
            return
        log_share = self.model.predict(self.x, verbose=0)[:, :self.head.components]
        share = np.exp(log_share).mean(axis=0)
        alive = self.head.alive.numpy().copy()
        share[alive < 0.5] = np.inf
        idle = int(np.argmin(share))
        alive[idle] = 0.0
        self.head.alive.assign(alive)
        print(f"component {idle} retired (share {share[idle]:.3f})")


x, wait = visitor_log()
entry = keras.Input((2,))
hidden = keras.layers.Dense(32, activation="tanh")(entry)
hidden = keras.layers.Dense(32, activation="tanh")(hidden)
head = MixtureHead(7, name="mixture")
model = keras.Model(entry, head(hidden))
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=negative_log_likelihood)
history = model.fit(x, wait, batch_size=60, epochs=32, verbose=2,
                    callbacks=[RetireIdle(head, x, when={8, 13, 18})])
print("nll", round(history.history["loss"][0], 3), "->", round(history.history["loss"][-1], 3))
