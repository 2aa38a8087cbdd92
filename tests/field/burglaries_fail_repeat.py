"""Near-repeat burglaries: self-exciting point process per beat, background rate from a small net.

lambda(t) = mu(beat) + n * beta * sum_{t_i < t} exp(-beta (t - t_i))
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(112)

BEATS, EVENTS = 300, 30
BRANCHING, DECAY = 0.6, 4.0        # truth: a follow-up comes within hours


def cluster_process(mu, rng, horizon=400.0):
    generation = rng.uniform(0, horizon, rng.poisson(mu * horizon))
    times = [generation]
    while len(generation):
        kids = np.repeat(generation, rng.poisson(BRANCHING, len(generation)))
        generation = kids + rng.exponential(1.0 / DECAY, len(kids))
        times.append(generation)
    return np.sort(np.concatenate(times))[:EVENTS]


def beats(rng):
    x = rng.normal(0, 1, (BEATS, 5))
    mu = np.exp(-1.0 + 0.2 * x[:, 0] - 0.15 * x[:, 1] * x[:, 2])
    t = np.stack([cluster_process(m, rng) for m in mu])
    return x.astype("float32"), t.astype("float32")


class NearRepeat(tf.Module):
    def __init__(self):
        super().__init__()
        self.background = keras.Sequential([
            keras.Input((5,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(-1.0)),
        ])
        self.log_beta = keras.Variable(np.float32(np.log(0.5)), name="log_beta")
        self.logit_n = keras.Variable(0.0, name="logit_n")
        self.adam = keras.optimizers.Adam(0.02)

    @property
    def params(self):
        return self.background.trainable_variables + [self.log_beta, self.logit_n]

    def log_likelihood(self, x, t):
        mu = tf.math.softplus(self.background(x))
        beta, n = tf.exp(self.log_beta), tf.sigmoid(self.logit_n)
        # O(N) instead of the N x N table of time differences
        memory = tf.exp(-beta * t) * tf.cumsum(tf.exp(beta * t), axis=1, exclusive=True)  # whynan: exp_overflow phase=loss|forward|gradient
        intensity = mu + n * beta * memory
        end = t[:, -1:]
        expected = mu[:, 0] * end[:, 0] + n * tf.reduce_sum(1.0 - tf.exp(-beta * (end - t)), axis=1)
        return tf.reduce_sum(tf.math.log(intensity), axis=1) - expected

    @tf.function
    def fit_batch(self, x, t):
        with tf.GradientTape() as tape:
            nll = -tf.reduce_mean(self.log_likelihood(x, t)) / EVENTS
        grads = tape.gradient(nll, self.params)
        self.adam.apply_gradients(list(zip(grads, self.params)))
        return nll


def main():
    rng = np.random.default_rng(45)
    x, t = beats(rng)
    print("last event of a beat after", t[:, -1].min().round(1), "to", t[:, -1].max().round(1), "days")
    model = NearRepeat()
    model.adam.build(model.params)
    for epoch in range(25):
        order = rng.permutation(BEATS)
        nll = [float(model.fit_batch(tf.constant(x[rows]), tf.constant(t[rows])))
               for rows in np.split(order, 12)]
        if epoch % 4 == 0:
            print(f"epoch {epoch:2d} nll {np.mean(nll):.4f} "
                  f"half-life {np.log(2) / np.exp(model.log_beta.numpy()) * 24:.1f} h "
                  f"branching {float(tf.sigmoid(model.logit_n)):.2f}")


if __name__ == "__main__":
    main()
