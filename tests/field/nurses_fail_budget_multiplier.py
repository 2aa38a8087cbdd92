"""How many nurses a ward needs per shift, with the staff budget as a constraint (augmented Lagrangian).

For some epochs it is a perfectly normal regression, the budget is never even touched, and then from one batch to the
next the loss is nan. A smaller learning rate only makes the good part look worse, the nan comes in the same epoch.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

SETTINGS = {
    "epochs": 10,
    "batch": 32,
    "rate": 3e-3,
    "budget": 9.0,  # nurses per shift on average
    "rho_start": 1.0,
    "rho_growth": 2.0,
}


def shifts(count=640):
    rng = np.random.default_rng(31)
    occupied = rng.integers(12, 30, size=count)
    acuity = rng.beta(2.0, 3.0, size=count)
    night = rng.integers(0, 2, size=count)
    admissions = rng.poisson(3.0, size=count)
    needed = 1.5 + 0.18 * occupied + 3.0 * acuity - 1.2 * night + 0.15 * admissions + rng.normal(0, 0.4, size=count)
    x = np.column_stack([occupied / 30.0, acuity, night, admissions / 10.0]).astype("float32")
    return x, needed.astype("float32")


def build_model(width):
    inputs = keras.Input((width,))
    hidden = keras.layers.Dense(32, activation="relu")(inputs)
    hidden = keras.layers.Dense(16, activation="relu")(hidden)
    return keras.Model(inputs, keras.layers.Dense(1)(hidden))


class Budget:
    """mean(prediction) <= limit, with a multiplier and a penalty that becomes stricter."""

    def __init__(self, limit, rho, growth):
        self.limit = limit
        self.growth = growth
        self.multiplier = tf.Variable(0.0)
        self.rho = tf.Variable(rho)

    def excess(self, prediction):
        return tf.nn.relu(tf.reduce_mean(prediction) - self.limit)

    def term(self, excess):
        return self.multiplier * excess + 0.5 * self.rho * tf.square(excess)

    def tighten(self, excess):
        self.multiplier.assign_add(self.rho * excess)
        self.rho.assign(self.rho * self.growth)  # whynan: regularization_too_large phase=update|loss|forward also=exploding_gradient,exp_overflow


def train(x, y, cfg):
    model = build_model(x.shape[1])
    optimizer = keras.optimizers.Adam(cfg["rate"])
    budget = Budget(cfg["budget"], cfg["rho_start"], cfg["rho_growth"])
    rng = np.random.default_rng(0)
    for epoch in range(cfg["epochs"]):
        order = rng.permutation(len(x))
        losses = []
        for start in range(0, len(order), cfg["batch"]):
            rows = order[start : start + cfg["batch"]]
            with tf.GradientTape() as tape:
                prediction = model(x[rows], training=True)[:, 0]
                excess = budget.excess(prediction)
                loss = tf.reduce_mean(tf.square(prediction - y[rows])) + budget.term(excess)
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            losses.append(float(loss))
            budget.tighten(excess)
        print(f"epoch {epoch + 1:2d}  loss {np.mean(losses):8.4f}  over budget {float(excess):.3f}")
    return model


x, y = shifts()
print(f"needed on average: {y.mean():.2f}")
trained = train(x, y, SETTINGS)
print("first shifts:", trained(x[:4]).numpy().ravel())
