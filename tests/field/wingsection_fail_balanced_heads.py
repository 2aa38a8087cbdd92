"""Lift and pitching moment of wing sections from shape parameters: one trunk, two heads.

The moment coefficient is two orders smaller than the lift, so its error vanished in the sum. I now weight
each output by the inverse of its variance, which makes both errors dimensionless. Result: loss inf in the
first epoch, for both heads. Each head alone, without weights, trains with these settings.
"""
import numpy as np
import keras

SEED = 5
keras.utils.set_random_seed(SEED)


def wind_tunnel(n):
    rng = np.random.default_rng(SEED)
    alpha = rng.uniform(-4, 12, n)
    camber = rng.uniform(0, 0.05, n)
    thickness = rng.uniform(0.08, 0.18, n)
    flap = rng.uniform(-2, 2, n)
    log_re = rng.uniform(5.5, 6.7, n)
    lift = 0.105 * (alpha + 90 * camber) * (1 - 0.4 * (thickness - 0.12)) + rng.normal(0, 0.01, n)
    moment = -0.02 * camber / 0.05 - 0.0012 * flap + rng.normal(0, 0.0006, n)
    shape = np.stack([alpha, camber, thickness, flap, log_re], axis=1)
    return shape, {"lift": lift.astype("float32")[:, None], "moment": moment.astype("float32")[:, None]}


class WingSurrogate:
    def __init__(self, hidden=(40, 32)):
        inputs = keras.Input((5,), name="shape")
        x = keras.layers.Normalization(axis=-1, name="standardise")(inputs)
        for units in hidden:
            x = keras.layers.Dense(units, activation="tanh")(x)
        heads = {name: keras.layers.Dense(1, name=name)(x) for name in ("lift", "moment")}
        self.net = keras.Model(inputs, heads)

    def fit(self, shape, targets, epochs):
        self.net.get_layer("standardise").adapt(shape)
        balance = {name: float(1.0 / np.var(values)) for name, values in targets.items()}
        print("weights of the outputs:", {k: round(v, 1) for k, v in balance.items()})
        self.net.compile(
            optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
            loss={"lift": "mse", "moment": "mse"},
            loss_weights=balance,
        )
        return self.net.fit(shape, targets, batch_size=64, epochs=epochs, verbose=2)  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient,unscaled_target,loss_weight_too_large


shape, coefficients = wind_tunnel(1024)
surrogate = WingSurrogate()
run = surrogate.fit(shape.astype("float32"), coefficients, epochs=4)
print(run.history["loss"])
