"""Score-based diffusion (VP-SDE) on two moons, with times drawn log-uniformly.

Uniform times gave a blurry result near the data, so I draw the time on a log scale now, as newer papers do.
The time never gets to zero because of T_MIN. Since then the loss is nan within the first epoch.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import make_moons

SETTINGS = {
    "beta_min": 0.1,
    "beta_max": 20.0,
    "t_min": 2e-7,
    "width": 64,
    "batch": 64,
    "epochs": 4,
    "rate": 1e-3,
}
keras.utils.set_random_seed(11)


class VPSchedule:
    def __init__(self, beta_min, beta_max, t_min):
        self.beta_min, self.beta_max, self.t_min = beta_min, beta_max, t_min
        self.log_t_min = float(np.log(t_min))

    def times(self, n):
        return tf.exp(tf.random.uniform((n, 1)) * self.log_t_min)

    def moments(self, t):
        """Mean factor and standard deviation of x_t given x_0."""
        t = tf.maximum(t, self.t_min)
        log_mean = -0.25 * tf.square(t) * (self.beta_max - self.beta_min) - 0.5 * t * self.beta_min
        variance = 1.0 - tf.exp(2.0 * log_mean)
        return tf.exp(log_mean), tf.sqrt(variance)


def score_network(width):
    point = keras.Input((2,), name="point")
    log_t = keras.Input((1,), name="log_time")
    clock = layers.Dense(width, activation="swish")(layers.Rescaling(0.1)(log_t))
    h = layers.Dense(width, activation="swish")(layers.Concatenate()([point, clock]))
    h = layers.Dense(width, activation="swish")(h)
    return keras.Model([point, log_t], layers.Dense(2)(h), name="score")


class ScoreModel(keras.Model):
    def __init__(self, network, schedule, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.schedule = schedule
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        clean, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        n = tf.shape(clean)[0]
        t = self.schedule.times(n)
        noise = tf.random.normal(tf.shape(clean))
        mean, std = self.schedule.moments(t)
        noisy = mean * clean + std * noise
        target = -noise / std  # whynan: divide_by_zero phase=forward|loss also=catastrophic_cancellation,exp_underflow,clip_misuse
        with tf.GradientTape() as tape:
            score = self.network([noisy, tf.math.log(t)], training=True)
            miss = tf.reduce_sum(tf.square(score - target), axis=1, keepdims=True)
            loss = tf.reduce_mean(tf.square(std) * miss)
        weights = self.network.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


def main():
    points, _ = make_moons(n_samples=1536, noise=0.05, random_state=0)
    points = ((points - points.mean(axis=0)) / points.std(axis=0)).astype("float32")
    schedule = VPSchedule(SETTINGS["beta_min"], SETTINGS["beta_max"], SETTINGS["t_min"])
    model = ScoreModel(score_network(SETTINGS["width"]), schedule)
    model.compile(optimizer=keras.optimizers.Adam(SETTINGS["rate"]))
    model.fit(points, batch_size=SETTINGS["batch"], epochs=SETTINGS["epochs"], verbose=2)


if __name__ == "__main__":
    main()
