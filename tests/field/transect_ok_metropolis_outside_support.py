"""Skylark counts along a 1 km hedge. The handheld GPS is off by up to 100 m, so I alternate between sampling where each
bird really was (random walk Metropolis on [0, 1]) and fitting the network to the sampled positions. When I switch on
the numeric debugger it stops in the very first sweep with "-Inf", and a colleague says the whole fit cannot be trusted.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)


def survey(n=600):
    where = rng.beta(1.1, 1.1, size=(n, 1))
    activity = np.sin(6.0 * where) + 0.5 * where + rng.normal(0.0, 0.12, size=(n, 1))
    gps = where + rng.normal(0.0, 0.08, size=(n, 1))
    return gps.astype("float32"), activity.astype("float32")


class PositionSampler:
    """Keeps one position per bird and moves it with a symmetric proposal."""

    def __init__(self, gps, activity, gps_error=0.08, activity_error=0.15, reach=0.12):
        self.gps = tf.constant(gps)
        self.activity = tf.constant(activity)
        self.gps_error = gps_error
        self.activity_error = activity_error
        self.reach = reach
        self.position = tf.Variable(np.clip(gps, 0.02, 0.98), trainable=False)

    def log_density(self, position, net):
        on_hedge = tf.logical_and(position > 0.0, position < 1.0)
        log_prior = tf.where(on_hedge, 0.0, -np.inf)
        log_gps = -0.5 * tf.square((position - self.gps) / self.gps_error)
        log_fit = -0.5 * tf.square((self.activity - net(position)) / self.activity_error)
        return log_prior + log_gps + log_fit

    def sweep(self, net, moves=6):
        current = self.log_density(tf.convert_to_tensor(self.position), net)
        accepted = 0.0
        for _ in range(moves):
            proposal = self.position + tf.random.normal(tf.shape(self.gps), stddev=self.reach)
            candidate = self.log_density(proposal, net)
            log_u = tf.math.log(tf.random.uniform(tf.shape(self.gps)))
            take = log_u < candidate - current
            self.position.assign(tf.where(take, proposal, self.position))
            current = tf.where(take, candidate, current)
            accepted += float(tf.reduce_mean(tf.cast(take, tf.float32)))
        return accepted / moves


class MonteCarloEM:
    def __init__(self, sampler, learning_rate=5e-3):
        self.sampler = sampler
        self.net = keras.Sequential(
            [
                keras.Input((1,)),
                keras.layers.Dense(32, activation="tanh"),
                keras.layers.Dense(32, activation="tanh"),
                keras.layers.Dense(1),
            ]
        )
        self.optimizer = keras.optimizers.Adam(learning_rate)
        self.optimizer.build(self.net.trainable_variables)

    @tf.function
    def _step(self, position, activity):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(activity - self.net(position, training=True)))
        gradients = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.net.trainable_variables))
        return loss

    def maximise(self, batch=100, passes=4):
        pairs = (self.sampler.position.numpy(), self.sampler.activity)
        data = tf.data.Dataset.from_tensor_slices(pairs).shuffle(600, seed=2).batch(batch).repeat(passes)
        return np.mean([float(self._step(p, a)) for p, a in data])

    def run(self, rounds=20):
        for number in range(1, rounds + 1):
            acceptance = self.sampler.sweep(self.net)
            loss = self.maximise()  # whynan: healthy
            if number % 4 == 0 or number == 1:
                print(f"round {number:2d}  accepted {acceptance:.2f}  mse {loss:.4f}")


if __name__ == "__main__":
    gps_track, song_activity = survey()
    MonteCarloEM(PositionSampler(gps_track, song_activity)).run()
