"""Policy gradient for a chlorine dosing pump: one continuous action, one-step episodes.

State: four probe readings (z-scores). Cost in euro per wrong dose. A Gaussian policy whose mean comes from a
small net and whose width is one learned number. The second update already reports nan, in spite of the epsilon.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

EURO_PER_UNIT = 40.0
BATCH = 1024
HALF_LOG_TWO_PI = 0.9189385


class Basin:
    """Returns readings and charges for the distance between the dose and the one that was needed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.effect = np.array([0.4, -0.3, 0.25, 0.1], "float32")

    def readings(self, n):
        return self.rng.normal(size=(n, 4)).astype("float32")

    def reward(self, state, dose):
        needed = 1.5 + state @ self.effect
        return (-EURO_PER_UNIT * (dose - needed) ** 2).astype("float32")


class DosingPolicy(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="tanh")
        self.centre = keras.layers.Dense(1)
        self.width = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(0.8), name="width")

    def call(self, state):
        return tf.squeeze(self.centre(self.hidden(state)), axis=-1)

    def act(self, state):
        mean = self(state)
        return mean + tf.convert_to_tensor(self.width) * tf.random.normal(tf.shape(mean))

    def log_prob(self, state, dose):
        width = tf.convert_to_tensor(self.width)
        z = (dose - self(state)) / (width + 1e-6)
        return -0.5 * tf.square(z) - tf.math.log(width + 1e-6) - HALF_LOG_TWO_PI  # whynan: unconstrained_scale phase=forward|loss also=log_of_negative,learning_rate_too_high,unscaled_target


def update(policy, optimizer, state, dose, advantage):
    with tf.GradientTape() as tape:
        loss = -tf.reduce_mean(policy.log_prob(state, dose) * advantage)
    gradients = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(gradients, policy.trainable_variables))
    return float(loss)


def main():
    basin = Basin(31)
    policy = DosingPolicy()
    policy(basin.readings(2))
    optimizer = keras.optimizers.SGD(learning_rate=0.05)
    for episode in range(60):
        state = basin.readings(BATCH)
        dose = policy.act(state).numpy()
        reward = basin.reward(state, dose)
        advantage = reward - reward.mean()
        loss = update(policy, optimizer, state, dose, advantage)
        if episode % 10 == 0:
            print(f"episode {episode:3d}  mean cost {-reward.mean():10.2f}  surrogate {loss:10.3f}")


if __name__ == "__main__":
    main()
