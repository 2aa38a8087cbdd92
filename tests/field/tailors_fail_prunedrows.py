"""Which body measurements does the tailor really need?

Stage 1 fits a small network on all 28 tape measurements with a group penalty on
the rows of the first kernel, stage 2 drops the weakest measurements and fine-tunes.
"""
import argparse
import logging

import keras
import numpy as np
import tensorflow as tf

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
log = logging.getLogger("tailors")


class RowGroupLasso(keras.regularizers.Regularizer):
    """lam * sum over input features of the length of their weight row."""

    def __init__(self, lam):
        self.lam = float(lam)

    def __call__(self, kernel):
        kernel = tf.convert_to_tensor(kernel)
        return self.lam * tf.reduce_sum(tf.norm(kernel, axis=1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero

    def get_config(self):
        return {"lam": self.lam}


def measure_customers(n, n_features, rng):
    height = rng.normal(172, 9, n)
    girth = rng.normal(92, 11, n)
    load = rng.normal(0, 1, (2, n_features))
    x = np.outer((height - 172) / 9, load[0]) + np.outer((girth - 92) / 11, load[1])
    x += rng.normal(0, 0.4, x.shape)
    # three pattern parameters: jacket length, chest ease, sleeve pitch
    y = np.stack(
        [
            0.42 * height + rng.normal(0, 0.8, n),
            0.11 * girth + 0.02 * height + rng.normal(0, 0.5, n),
            4 + 0.6 * x[:, 3] - 0.3 * x[:, 7] + rng.normal(0, 0.3, n),
        ],
        axis=1,
    )
    x = (x - x.mean(0)) / x.std(0)
    y = (y - y.mean(0)) / y.std(0)
    return x.astype("float32"), y.astype("float32")


def build(n_features, lam):
    model = keras.Sequential(
        [
            keras.layers.Input((n_features,)),
            keras.layers.Dense(32, activation="tanh", name="tape",
                               kernel_regularizer=RowGroupLasso(lam)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(3),
        ]
    )
    model.compile(keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])
    return model


def drop_weak_rows(model, keep):
    layer = model.get_layer("tape")
    kernel, bias = layer.get_weights()
    strength = np.sqrt((kernel ** 2).sum(axis=1))
    order = np.argsort(strength)[::-1]
    kernel[order[keep:]] = 0.0
    layer.set_weights([kernel, bias])
    return order[:keep]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--customers", type=int, default=1600)
    ap.add_argument("--features", type=int, default=28)
    ap.add_argument("--keep", type=int, default=10)
    ap.add_argument("--lam", type=float, default=2e-3)
    ap.add_argument("--seed", type=int, default=12)
    args = ap.parse_args()

    keras.utils.set_random_seed(args.seed)
    x, y = measure_customers(args.customers, args.features, np.random.default_rng(args.seed))
    cut = int(0.8 * len(x))
    model = build(args.features, args.lam)

    h1 = model.fit(x[:cut], y[:cut], batch_size=64, epochs=6, verbose=2,
                   validation_data=(x[cut:], y[cut:]))
    log.info("stage 1 val mae %.3f", h1.history["val_mae"][-1])

    kept = drop_weak_rows(model, args.keep)
    log.info("keeping measurements %s", sorted(kept.tolist()))

    model.optimizer.learning_rate = 5e-4
    h2 = model.fit(x[:cut], y[:cut], batch_size=64, epochs=4, verbose=2,
                   validation_data=(x[cut:], y[cut:]))
    log.info("stage 2 val mae %.3f", h2.history["val_mae"][-1])
    print(model.predict(x[cut:cut + 3], verbose=0).round(2))


if __name__ == "__main__":
    main()
