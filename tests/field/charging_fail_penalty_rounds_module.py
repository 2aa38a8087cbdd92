# EV charging plan from features of the day. The mean charging power has to equal the
# contracted budget -> equality constraint -> augmented Lagrangian (Nocedal & Wright, ch. 17)
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(40)


class Constraint(tf.Module):
    """c(net) = mean power - budget, must be zero"""

    def __init__(self, budget):
        super().__init__()
        self.budget = budget
        self.multiplier = tf.Variable(0.0, trainable=False)
        self.weight = tf.Variable(1.0, trainable=False)

    def violation(self, power):
        return tf.reduce_mean(power) - self.budget

    def penalty(self, power):
        c = self.violation(power)
        return self.multiplier * c + 0.5 * self.weight * c * c  # whynan: regularization_too_large phase=loss|forward|gradient|update also=learning_rate_too_high,exploding_gradient

    def next_round(self, power, growth=10.0):
        self.multiplier.assign_add(self.weight * self.violation(power))
        self.weight.assign(self.weight * growth)


class Planner(tf.Module):
    def __init__(self, budget, rate):
        super().__init__()
        self.net = keras.Sequential([
            keras.Input((5,)),
            keras.layers.Dense(20, activation="tanh"),
            keras.layers.Dense(1),
        ])
        self.constraint = Constraint(budget)
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build(self.net.trainable_variables)

    def objective(self, x, wanted):
        power = self.net(x, training=True)
        fit = tf.reduce_mean(tf.abs(power - wanted))
        return fit + self.constraint.penalty(power)

    @tf.function
    def minimise(self, x, wanted, steps):
        """inner problem: `steps` gradient steps with multiplier and weight fixed"""
        last = tf.constant(0.0)
        for _ in tf.range(steps):
            with tf.GradientTape() as tape:
                last = self.objective(x, wanted)
            variables = self.net.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(last, variables), variables))
        return last


def days(n=256, seed=40):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 5)).astype("float32")
    wanted = 3.0 + x[:, 0] - 0.5 * np.abs(x[:, 1]) + 0.1 * rng.normal(size=n)
    return tf.constant(x), tf.constant(wanted.astype("float32")[:, None])


if __name__ == "__main__":
    x, wanted = days()
    planner = Planner(budget=2.2, rate=0.02)
    for round_ in range(7):
        value = planner.minimise(x, wanted, tf.constant(60))
        power = planner.net(x)
        c = planner.constraint
        print(f"round {round_}  mu {float(c.weight):9.1e}  objective {float(value):.4f}  "
              f"violation {float(c.violation(power)):+.5f}  multiplier {float(c.multiplier):+.4f}")
        c.next_round(power)
