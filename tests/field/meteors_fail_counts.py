"""How many meteors does the all-night camera see in a five-minute interval?

Poisson regression on a smooth function of the time of night plus moon, cloud and gain,
fitted by maximum likelihood.
"""
import keras
import numpy as np
import tensorflow as tf


def night_basis(hours, knots=8):
    centres = np.linspace(0.0, 9.0, knots)
    return np.exp(-0.5 * ((hours[:, None] - centres) / 0.9) ** 2)


def make_intervals(n=2400, seed=5):
    rng = np.random.default_rng(seed)
    hours = rng.uniform(0, 9, n)
    moon = rng.uniform(0, 1, n)
    cloud = rng.beta(1.2, 3.0, n)
    gain = rng.choice([0.0, 1.0], n, p=[0.7, 0.3])
    rate = np.exp(-1.5 + 0.09 * hours - 0.9 * moon - 1.8 * cloud + 0.25 * gain)
    count = rng.poisson(rate)
    X = np.concatenate([night_basis(hours), np.stack([moon, cloud, gain], axis=1)], axis=1)
    return X.astype("float32"), count.astype("float32")[:, None]


def poisson_log_prob(count, eta):
    return count * eta - tf.exp(eta) - tf.math.lgamma(count + 1.0)  # whynan: wrong_sign_loss phase=forward|loss


class MeteorRate(keras.Model):
    def __init__(self):
        super().__init__()
        self.linear = keras.layers.Dense(1, kernel_initializer="zeros")
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.linear(x)

    def train_step(self, data):
        x, count = data
        with tf.GradientTape() as tape:
            eta = self(x, training=True)
            loss = tf.reduce_mean(poisson_log_prob(count, eta))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def main():
    keras.utils.set_random_seed(5)
    X, count = make_intervals()
    print("intervals", len(X), "mean count", float(count.mean()), "largest", int(count.max()))

    model = MeteorRate()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05))
    model.fit(X[:2000], count[:2000], batch_size=64, epochs=8, verbose=2)

    eta = model.predict(X[2000:], verbose=0)
    with np.errstate(all="ignore"):
        expected = np.exp(eta)
    print("held out: seen", int(count[2000:].sum()), "expected", float(expected.sum()))


if __name__ == "__main__":
    main()
