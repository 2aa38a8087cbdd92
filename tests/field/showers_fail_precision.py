"""Hot water use per shower, with an estimate of how noisy the prediction is.

The network predicts the mean (litres above / below the house average), and a
single shared noise precision is learned together with the weights.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(2024)

FEATURES = ["outdoor_temp", "hour_sin", "hour_cos", "weekend",
            "persons", "boiler_setpoint", "pipe_length", "head_flow"]


def make_showers(n, rng):
    hour = rng.integers(0, 24, n)
    temp = rng.normal(11.0, 7.0, n)
    weekend = (rng.random(n) < 2 / 7).astype(float)
    persons = rng.integers(1, 6, n)
    setpoint = rng.normal(58, 4, n)
    pipe = rng.gamma(4.0, 2.0, n)
    flow = rng.normal(9.5, 1.8, n)

    litres = (150.0 - 2.1 * temp + 14.0 * weekend + 9.0 * persons
              - 1.2 * (setpoint - 58) + 1.5 * pipe + 7.0 * (flow - 9.5))
    litres = litres + rng.normal(0, 60.0, n)

    x = np.stack([temp, np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi),
                  weekend, persons, setpoint, pipe, flow], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    y = litres - litres.mean()
    return x.astype("float32"), y.astype("float32")[:, None]


class NoisyRegressor(keras.Model):
    def __init__(self, n_features, width=32):
        super().__init__()
        self.net = keras.Sequential([
            keras.Input((n_features,)),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(1),
        ])
        self.noise_precision = self.add_weight(
            name="noise_precision", shape=(), initializer="ones", trainable=True)
        self.nll_tracker = keras.metrics.Mean(name="nll")
        self.mae_tracker = keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, x, training=None):
        return self.net(x, training=training)

    @property
    def metrics(self):
        return [self.nll_tracker, self.mae_tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            mu = self(x, training=True)
            tau = tf.convert_to_tensor(self.noise_precision)
            sq_err = tf.square(y - mu)
            half_log = 0.5 * tf.math.log(tau)  # whynan: unconstrained_scale phase=loss also=log_of_negative
            nll = tf.reduce_mean(0.5 * tau * sq_err - half_log)
        grads = tape.gradient(nll, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.nll_tracker.update_state(nll)
        self.mae_tracker.update_state(y, mu)
        return {m.name: m.result() for m in self.metrics}


def main():
    rng = np.random.default_rng(5)
    x, y = make_showers(960, rng)
    model = NoisyRegressor(len(FEATURES))
    model.compile(optimizer=keras.optimizers.Adam(0.01))
    history = model.fit(x, y, batch_size=32, epochs=12, verbose=2)
    print("nll per epoch:", np.round(history.history["nll"], 2))
    print("sigma in litres:", float(model.noise_precision.numpy()) ** -0.5)


if __name__ == "__main__":
    main()
