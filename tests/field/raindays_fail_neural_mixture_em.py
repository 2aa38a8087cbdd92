"""Two weather regimes for the daily rain sum (log1p of millimetres), fitted by EM: the regime means and variances
have closed forms, the mixing weights come from a small network on pressure, humidity and temperature that gets a
few gradient steps per EM round. The likelihood rises faster and faster, then everything is nan."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(44)


def load_station(days=730):
    rng = np.random.default_rng(44)
    pressure = rng.normal(1013.0, 9.0, days)
    humidity = np.clip(rng.normal(74.0, 12.0, days) - 0.4 * (pressure - 1013.0), 20, 100)
    temperature = rng.normal(9.0, 7.0, days)
    chance = 1.0 / (1.0 + np.exp(-(0.09 * (humidity - 76.0) - 0.08 * (pressure - 1013.0))))
    wet = rng.random(days) < chance
    rain = np.where(wet, np.round(rng.gamma(1.5, 6.0, days) + 0.2, 1), 0.0)
    x = np.stack([(pressure - 1013.0) / 9.0, (humidity - 74.0) / 12.0, (temperature - 9.0) / 7.0], axis=1)
    return tf.constant(x, tf.float32), tf.constant(np.log1p(rain)[:, None], tf.float32)


class RegimeMixture:
    def __init__(self):
        self.mean = tf.Variable([0.2, 1.8])
        self.var = tf.Variable([0.4, 0.4])
        self.gate = keras.Sequential([
            keras.Input((3,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(2),
        ])
        self.optimizer = keras.optimizers.Adam(5e-3)
        self.optimizer.build(self.gate.trainable_variables)

    @tf.function
    def e_step(self, x, y):
        log_prior = tf.nn.log_softmax(self.gate(x))
        log_density = -0.5 * tf.square(y - self.mean) / self.var - 0.5 * tf.math.log(self.var)  # whynan: divide_by_zero phase=forward|loss also=zero_variance_normalisation,log_of_zero,unconstrained_scale
        joint = log_prior + log_density
        return tf.nn.softmax(joint), tf.reduce_mean(tf.reduce_logsumexp(joint, axis=1))

    @tf.function
    def m_step(self, y, resp):
        share = tf.reduce_sum(resp, axis=0) + 1e-8      # in case a regime dies out
        mean = tf.reduce_sum(resp * y, axis=0) / share
        self.mean.assign(mean)
        self.var.assign(tf.reduce_sum(resp * tf.square(y - mean), axis=0) / share)

    @tf.function
    def gate_step(self, x, resp):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=resp, logits=self.gate(x)))
        grads = tape.gradient(loss, self.gate.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.gate.trainable_variables))
        return loss


def fit(mixture, x, y, rounds=80):
    for r in range(rounds):
        resp, likelihood = mixture.e_step(x, y)
        mixture.m_step(y, resp)
        for _ in range(5):
            gate_loss = mixture.gate_step(x, resp)
        if r % 4 == 0:
            print(f"round {r:2d}: log-likelihood {float(likelihood):8.4f}  gate loss {float(gate_loss):.4f}  "
                  f"means {mixture.mean.numpy().round(3)}")
    return mixture


if __name__ == "__main__":
    features, log_rain = load_station()
    fit(RegimeMixture(), features, log_rain)
