"""Two heads for a pump of an irrigation plant: flow in m3/h and electric power in kW.

To get rid of the task weights (flow is around 140, power around 9) I let every task count the same. Since then fit()
prints loss: 2.0000 in every single epoch, from the first to the last. It never moves. Is anything being trained?
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)

CONFIG = {"hidden": 48, "rate": 4e-3, "epochs": 15, "batch": 64}


def log_book(n, seed):
    rng = np.random.default_rng(seed)
    speed = rng.uniform(0.55, 1.0, n)            # share of the nominal speed
    valve = rng.uniform(0.2, 1.0, n)             # opening
    level = rng.normal(0.0, 1.0, n)              # water in the basin, standardised
    wear = rng.uniform(0.0, 1.0, n)
    flow = 210.0 * speed * np.sqrt(valve) * (1.0 - 0.2 * wear) + 6.0 * level
    power = 3.0 + 13.0 * speed**3 * (0.6 + 0.4 * valve) + 1.5 * wear
    x = np.stack([(speed - 0.78) / 0.13, (valve - 0.6) / 0.23, level, (wear - 0.5) / 0.29], axis=1)
    y = {
        "flow": (flow + rng.normal(0, 3.0, n))[:, None].astype("float32"),
        "power": (power + rng.normal(0, 0.2, n))[:, None].astype("float32"),
    }
    return x.astype("float32"), y


class PumpModel(keras.Model):
    def __init__(self, hidden, means):
        super().__init__()
        self.trunk = keras.Sequential([
            keras.layers.Dense(hidden, activation="gelu"),
            keras.layers.Dense(hidden, activation="gelu"),
        ])
        start = keras.initializers.Constant
        self.flow_head = keras.layers.Dense(1, bias_initializer=start(means["flow"]))
        self.power_head = keras.layers.Dense(1, bias_initializer=start(means["power"]))
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.flow_error = keras.metrics.MeanAbsoluteError(name="flow_mae")
        self.power_error = keras.metrics.MeanAbsoluteError(name="power_mae")

    @property
    def metrics(self):
        return [self.loss_tracker, self.flow_error, self.power_error]

    def call(self, x):
        h = self.trunk(x)
        return {"flow": self.flow_head(h), "power": self.power_head(h)}

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            guess = self(x, training=True)
            errors = [tf.reduce_mean(tf.square(y[task] - guess[task])) for task in ("flow", "power")]
            # every task in units of its own present error
            loss = tf.add_n([error / tf.stop_gradient(error) for error in errors])
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        self.flow_error.update_state(y["flow"], guess["flow"])
        self.power_error.update_state(y["power"], guess["power"])
        return {m.name: m.result() for m in self.metrics}


def main():
    x, y = log_book(3200, seed=1)
    model = PumpModel(CONFIG["hidden"], {task: float(values.mean()) for task, values in y.items()})
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]))
    model.fit(x, y, epochs=CONFIG["epochs"], batch_size=CONFIG["batch"], verbose=2)

    x_new, y_new = log_book(400, seed=2)
    guess = model(x_new)
    for task in ("flow", "power"):
        error = np.abs(y_new[task] - guess[task].numpy()).mean()
        plain = np.abs(y_new[task] - y[task].mean()).mean()
        print(f"{task}: error {error:.2f} (guessing the mean: {plain:.2f})")


main()  # whynan: healthy
