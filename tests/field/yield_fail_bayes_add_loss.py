# Bayes by backprop for crop yields. KL term is a closure that I hand to add_loss in call(). loss: nan from batch 1,
# with kl weight 0 as well (0 * nan I guess). The mse alone is perfectly fine.
import numpy as np
import keras
from keras import layers, ops, initializers

keras.utils.set_random_seed(15)


def make_kl(mu, sigma, prior_std):
    """KL(N(mu, sigma) || N(0, prior_std)), summed over the weights"""
    def kl():
        spread = ops.square(ops.divide(sigma, prior_std))
        shift = ops.square(ops.divide(mu, prior_std))
        return ops.sum(0.5 * (spread + shift - 1.0) - ops.log(ops.divide(sigma, prior_std)))  # whynan: unconstrained_scale phase=loss|forward also=log_of_negative,bad_initialization
    return kl


class Posterior:
    """Owns mean and standard deviation of one weight matrix."""

    def __init__(self, layer, shape, prior_std):
        self.shape = shape
        self.mu = layer.add_weight(shape=shape, initializer="glorot_uniform", name="mu")
        self.sigma = layer.add_weight(
            shape=shape, initializer=initializers.RandomNormal(mean=0.05, stddev=0.02, seed=1), name="sigma")
        self.kl = make_kl(self.mu, self.sigma, prior_std)

    def sample(self, seed):
        return self.mu + self.sigma * keras.random.normal(self.shape, seed=seed)


class BayesDense(layers.Layer):
    def __init__(self, units, kl_weight, activation=None, prior_std=0.3, **kwargs):
        super().__init__(**kwargs)
        self.units, self.kl_weight, self.prior_std = units, kl_weight, prior_std
        self.activation = keras.activations.get(activation)
        self.noise = keras.random.SeedGenerator(7)

    def build(self, input_shape):
        self.posterior = Posterior(self, (input_shape[-1], self.units), self.prior_std)
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x, training=False):
        w = self.posterior.sample(self.noise) if training else self.posterior.mu
        self.add_loss(self.kl_weight * self.posterior.kl())
        return self.activation(ops.matmul(x, w) + self.bias)


class YieldModel(keras.Model):
    def __init__(self, rows):
        super().__init__()
        self.hidden = BayesDense(64, kl_weight=1.0 / rows, activation="tanh")
        self.out = BayesDense(1, kl_weight=1.0 / rows)

    def call(self, x, training=False):
        return self.out(self.hidden(x, training=training), training=training)


def fields(n=400):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(n, 20)).astype("float32")        # standardised soil and satellite features
    y = x[:, :3] @ np.array([1.0, -0.5, 0.3]) + 0.1 * rng.normal(size=n)
    return x, y.astype("float32")[:, None]


if __name__ == "__main__":
    x, y = fields()
    model = YieldModel(len(x))
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    model.fit(x, y, batch_size=50, epochs=3, verbose=2)
