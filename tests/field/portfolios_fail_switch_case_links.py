"""Three insurance books, one network. The inverse link is chosen inside the graph so that
we only compile a single training step (book id is a tensor)."""
import argparse
import logging
import numpy as np
import tensorflow as tf
import keras

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger("pricing")

BOOKS = {
    # name: (link id, steps)
    "motor": (0, 250),
    "household": (1, 80),
    "liability": (2, 120),
}


def make_book(name, rng, n=640):
    x = rng.normal(size=(n, 6)).astype("float32")
    if name == "motor":          # average cost per claim in EUR
        y = 180 + 25 * x[:, 0] + rng.normal(0, 5, n)
    elif name == "household":
        y = np.maximum(160 + 20 * x[:, 1] + rng.normal(0, 5, n), 1)
    else:                        # number of claims per policy and year
        y = rng.poisson(np.exp(0.3 * x[:, 2] - 1.0))
    return x, y.astype("float32")[:, None]


class InverseLink(tf.Module):
    def identity(self, eta):
        return eta

    def positive(self, eta):
        return tf.nn.softplus(eta)

    def log_link(self, eta):
        return tf.exp(eta)  # whynan: exp_overflow phase=forward|loss also=unscaled_target

    def __call__(self, link, eta):
        return tf.switch_case(link, {
            0: lambda: self.identity(eta),
            1: lambda: self.positive(eta),
            2: lambda: self.log_link(eta),
        })


class PricingModel(tf.Module):
    def __init__(self, hidden, rate):
        super().__init__()
        self.score = keras.Sequential([
            keras.Input((6,)),
            keras.layers.Dense(hidden, activation="relu"),
            keras.layers.Dense(1),
        ])
        self.link = InverseLink()
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.score.trainable_variables)

    @tf.function
    def step(self, x, y, link):
        with tf.GradientTape() as tape:
            mu = self.link(link, self.score(x, training=True))
            loss = tf.reduce_mean(tf.abs(mu - y))
        variables = self.score.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss


def train_book(model, name, rng, batch=64):
    link_id, steps = BOOKS[name]
    x, y = make_book(name, rng)
    link = tf.constant(link_id)
    history = []
    for i in range(steps):
        pick = rng.integers(0, len(x), batch)
        history.append(float(model.step(x[pick], y[pick], link)))
        if i % 40 == 0:
            log.info("%-10s step %3d  mean abs error %.4f", name, i, history[-1])
    return history


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--hidden", type=int, default=16)
    p.add_argument("--rate", type=float, default=0.05)
    p.add_argument("--seed", type=int, default=9)
    args = p.parse_args()
    keras.utils.set_random_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    model = PricingModel(args.hidden, args.rate)
    results = {name: train_book(model, name, rng)[-1] for name in BOOKS}
    log.info("final errors %s", results)
