"""Number of items per consignment (never zero, so a Poisson likelihood without the zero), compiled step.

The likelihood falls for some epochs and the coefficients go towards those of the old R model, then from one epoch to the
next everything is nan (one batch printed -inf). I already use log1p as recommended.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)

BATCH = 64
COLUMNS = ["distance_1000km", "business", "weekend", "fragile"]


def consignments(regional=1520, overseas=16, seed=4):
    rng = np.random.default_rng(seed)
    n = regional + overseas
    distance = np.concatenate([
        rng.lognormal(np.log(0.25), 0.6, regional).clip(0.01, 1.6),
        rng.uniform(8.0, 14.0, overseas),
    ])
    business = rng.random(n) < 0.45
    weekend = rng.random(n) < 0.2
    fragile = rng.random(n) < 0.1
    log_rate = 1.6 + 0.4 * business - 0.3 * weekend - 0.5 * fragile - 3.0 * distance
    items = np.maximum(rng.poisson(np.exp(log_rate)), 1)
    order = rng.permutation(n)
    x = np.column_stack([distance, business, weekend, fragile]).astype("float32")
    return x[order], items[order].astype("float32")


class TruncatedPoisson:
    """log-linear rate; P(y | y > 0)."""

    def __init__(self, width, mean_items):
        self.linear = keras.Sequential([
            keras.Input((width,)),
            keras.layers.Dense(1, kernel_initializer="zeros",
                               bias_initializer=keras.initializers.Constant(float(np.log(mean_items)))),
        ])

    @property
    def weights(self):
        return self.linear.trainable_variables

    def negative_log_likelihood(self, x, items):
        log_rate = self.linear(x)[:, 0]
        rate = tf.exp(log_rate)
        poisson = rate - items * log_rate + tf.math.lgamma(items + 1.0)
        seen = tf.math.log1p(-tf.exp(-rate))  # whynan: log_of_zero phase=loss also=catastrophic_cancellation,exp_underflow
        return tf.reduce_mean(poisson + seen)


def make_step(model, optimizer):
    @tf.function(jit_compile=True)
    def step(x, items):
        with tf.GradientTape() as tape:
            nll = model.negative_log_likelihood(x, items)
        grads = tape.gradient(nll, model.weights)
        optimizer.apply_gradients(zip(grads, model.weights))
        return nll

    return step


def main(epochs=20):
    x, items = consignments()
    model = TruncatedPoisson(x.shape[1], items.mean())
    optimizer = keras.optimizers.Adam(0.02)
    optimizer.build(model.weights)
    step = make_step(model, optimizer)
    rng = np.random.default_rng(0)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        losses = []
        for start in range(0, len(x) - BATCH + 1, BATCH):
            rows = order[start:start + BATCH]
            losses.append(float(step(tf.constant(x[rows]), tf.constant(items[rows]))))
        kernel = model.weights[0].numpy()[:, 0]
        report = ", ".join(f"{name} {value:+.2f}" for name, value in zip(COLUMNS, kernel))
        print(f"epoch {epoch:2d}  nll {np.mean(losses):.4f}  {report}")


if __name__ == "__main__":
    main()
