"""
Diet composition of demersal fish from stomach contents.

20 prey groups, counts per stomach, strongly overdispersed -> Dirichlet-multinomial likelihood.
Covariates: predator length, depth, bottom temperature, season (sin, cos), haul duration.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(88)
N_PREY = 20


def sample_stomachs(n, seed=88):
    rng = np.random.default_rng(seed)
    length = rng.gamma(9, 5, n)
    depth = rng.uniform(20, 300, n)
    temp = 12 - depth / 40 + rng.normal(0, 1, n)
    day = rng.uniform(0, 2 * np.pi, n)
    haul = rng.choice([15.0, 30.0, 60.0], n)
    cov = np.stack([(length - 45) / 15, (depth - 160) / 80, (temp - 8) / 2.5,
                    np.sin(day), np.cos(day), (haul - 30) / 20], axis=1)
    coef = rng.normal(0, 0.5, (6, N_PREY))
    base = rng.normal(-0.5, 1.0, N_PREY)
    alpha = np.exp(np.clip(base + cov @ coef, -4, 3))
    share = np.stack([rng.dirichlet(a + 1e-3) for a in alpha])
    items = 1 + rng.poisson(25, n)
    counts = np.stack([rng.multinomial(k, p / p.sum()) for k, p in zip(items, share)])
    return cov.astype("float32"), counts.astype("float32")


def dirichlet_multinomial_nll(counts, conc):
    n = tf.reduce_sum(counts, axis=1)
    a = tf.reduce_sum(conc, axis=1)
    per_prey = tf.reduce_sum(tf.math.lgamma(counts + conc) - tf.math.lgamma(conc), axis=1)  # whynan: special_function_domain phase=loss also=wrong_loss_for_activation
    return -(tf.math.lgamma(a) - tf.math.lgamma(a + n) + per_prey)


class DietModel(keras.Model):
    def __init__(self, width=48):
        super().__init__()
        self.hidden = [keras.layers.Dense(width, activation="relu") for _ in range(2)]
        self.conc = keras.layers.Dense(N_PREY, activation="relu")
        self.track = keras.metrics.Mean(name="nll")

    @property
    def metrics(self):
        return [self.track]

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.conc(x)

    def train_step(self, data):
        cov, counts = data
        with tf.GradientTape() as tape:
            conc = self(cov, training=True)
            loss = tf.reduce_mean(dirichlet_multinomial_nll(counts, conc))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.track.update_state(loss)
        return {"nll": self.track.result()}

    def test_step(self, data):
        cov, counts = data
        self.track.update_state(dirichlet_multinomial_nll(counts, self(cov, training=False)))
        return {"nll": self.track.result()}


def main():
    cov, counts = sample_stomachs(1500)
    print("mean items per stomach", counts.sum(1).mean(), "- empty cells", (counts == 0).mean())
    model = DietModel()
    model.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=5.0))
    model.fit(cov[:1200], counts[:1200], batch_size=48, epochs=6, verbose=2,
              validation_data=(cov[1200:], counts[1200:]))

    conc = model.predict(cov[1200:], verbose=0)
    expected = conc / conc.sum(axis=1, keepdims=True)
    seen = counts[1200:] / counts[1200:].sum(axis=1, keepdims=True)
    print("mean abs error of the diet shares:", np.abs(expected - seen).mean())


if __name__ == "__main__":
    main()
