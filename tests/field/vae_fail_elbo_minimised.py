import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)

CFG = dict(latent=4, hidden=16, lr=0.05, beta=1.0, batch=32, epochs=40)


def load_binary_survey(n=512, q=20):
    """yes / no answers with three respondent types"""
    rng = np.random.default_rng(3)
    profiles = rng.uniform(0.05, 0.95, size=(3, q))
    kind = rng.integers(0, 3, n)
    return (rng.random((n, q)) < profiles[kind]).astype("float32")


class Encoder(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.h = keras.layers.Dense(cfg["hidden"], activation="tanh")
        self.out = keras.layers.Dense(2 * cfg["latent"])

    def call(self, x):
        mean, logvar = tf.split(self.out(self.h(x)), 2, axis=-1)
        return mean, logvar


def kl_to_standard_normal(mean, logvar):
    per_dim = tf.exp(logvar) + tf.square(mean) - 1.0 - logvar  # whynan: wrong_sign_loss phase=loss|forward|gradient|update also=exp_overflow
    return 0.5 * tf.reduce_sum(per_dim, axis=-1)


def bernoulli_log_lik(x, logits):
    return -tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), axis=-1)


class Objective:
    def __init__(self, encoder, decoder, beta):
        self.encoder, self.decoder, self.beta = encoder, decoder, beta

    def __call__(self, x):
        mean, logvar = self.encoder(x)
        kl = kl_to_standard_normal(mean, logvar)
        eps = tf.random.normal(tf.shape(mean))
        z = mean + tf.exp(0.5 * logvar) * eps
        log_lik = bernoulli_log_lik(x, self.decoder(z))
        elbo = tf.reduce_mean(log_lik - self.beta * kl)
        return elbo


encoder = Encoder(CFG)
decoder = keras.Sequential([keras.layers.Dense(CFG["hidden"], activation="tanh"), keras.layers.Dense(20)])
objective = Objective(encoder, decoder, CFG["beta"])
opt = keras.optimizers.SGD(CFG["lr"])
data = load_binary_survey()
ds = tf.data.Dataset.from_tensor_slices(data).shuffle(512, seed=1).batch(CFG["batch"], drop_remainder=True)


def step(batch):
    with tf.GradientTape() as tape:
        loss = objective(batch)
    variables = encoder.trainable_variables + decoder.trainable_variables
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for epoch in range(CFG["epochs"]):
    losses = [float(step(b)) for b in ds]
    # "the loss goes down nicely" ... until it doesn't
    print(f"epoch {epoch:02d} loss {np.mean(losses):.4g}")
