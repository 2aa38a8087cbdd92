"""Fault detector for industrial washing machines.

Service only cares about balanced accuracy, which has no useful gradient, so the little
network is trained with evolution strategies (antithetic sampling, momentum).
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)

FEATURES, HIDDEN = 10, 8
HALF_POP, SIGMA = 24, 0.15
BATCH = 128


def cycle_log(n=1536):
    """One row per wash cycle in the order in which they were run; faults last until repaired."""
    rng = np.random.default_rng(23)
    x = rng.normal(size=(n, FEATURES))
    faulty = np.zeros(n)
    spells = [(40, 75), (150, 190), (300, 350), (430, 470), (560, 600), (690, 730),
              (1010, 1050), (1180, 1220), (1300, 1340), (1430, 1480)]
    for begin, repaired in spells:
        faulty[begin:repaired] = 1
    x[:, 2] += 1.4 * faulty                     # drum vibration
    x[:, 5] += 0.9 * faulty * x[:, 7]           # motor current against load
    x[:, 8] -= 1.1 * faulty                     # drain speed
    return x.astype("float32"), faulty.astype("float32")


def unpack(pop):
    a = FEATURES * HIDDEN
    w1 = tf.reshape(pop[:, :a], (-1, FEATURES, HIDDEN))
    b1 = pop[:, a:a + HIDDEN]
    w2 = pop[:, a + HIDDEN:a + 2 * HIDDEN]
    return w1, b1, w2, pop[:, -1:]


def alarm(pop, x):
    w1, b1, w2, b2 = unpack(pop)
    h = tf.tanh(tf.einsum("bf,pfh->pbh", x, w1) + b1[:, None, :])
    score = tf.einsum("pbh,ph->pb", h, w2) + b2
    return tf.cast(score > 0.0, tf.float32)


@tf.function
def fitness(pop, x, y):
    said = alarm(pop, x)
    found = tf.reduce_sum(said * y, axis=1) / tf.reduce_sum(y)  # whynan: divide_by_zero phase=forward|loss also=empty_reduction
    quiet = tf.reduce_sum((1.0 - said) * (1.0 - y), axis=1) / tf.reduce_sum(1.0 - y)
    return 0.5 * (found + quiet)


class Ascent:
    def __init__(self, theta, rate=0.3, momentum=0.8):
        self.theta = theta
        self.rate = rate
        self.momentum = momentum
        self.velocity = tf.Variable(tf.zeros_like(theta))

    def step(self, direction):
        self.velocity.assign(self.momentum * self.velocity + direction)
        self.theta.assign_add(self.rate * self.velocity)


def main():
    x, y = cycle_log()
    mean, std = x.mean(0), x.std(0)
    x = (x - mean) / std
    log = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)

    n_params = FEATURES * HIDDEN + 2 * HIDDEN + 1
    theta = tf.Variable(tf.random.normal([n_params], stddev=0.3, seed=1))
    ascent = Ascent(theta)

    for generation in range(10):
        seen = []
        for xb, yb in log:
            half = tf.random.normal((HALF_POP, n_params))
            noise = tf.concat([half, -half], axis=0)
            fit = fitness(theta + SIGMA * noise, xb, yb)
            advantage = (fit - tf.reduce_mean(fit)) / (tf.math.reduce_std(fit) + 1e-6)
            direction = tf.linalg.matvec(noise, advantage, transpose_a=True)
            ascent.step(direction / (2 * HALF_POP * SIGMA) * 0.1)
            seen.append(float(tf.reduce_max(fit)))
        said = alarm(theta[None, :], x)[0].numpy()
        print(f"pass {generation}: best of generation {seen[-1]:.3f}, "
              f"recall {said[y == 1].mean():.3f}, false alarms {said[y == 0].mean():.3f}")


main()
