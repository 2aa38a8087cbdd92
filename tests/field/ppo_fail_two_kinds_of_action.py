"""PPO (clip) for a valve: the policy works in [-1, 1]-ish units, the plant wants a torque in Nm.
Rewritten from the keras.io CartPole PPO with a Gaussian policy. Collecting works, the first update gives NaN.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(55)

TORQUE = 40.0
GAMMA, LAMBDA, CLIP = 0.97, 0.95, 0.2


class ValvePlant:
    def __init__(self, seed=55):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.x = self.rng.normal(0, 1, 3).astype("float32")
        return self.x.copy()

    def step(self, torque):
        self.x = (0.95 * self.x + 0.01 * torque + self.rng.normal(0, 0.05, 3)).astype("float32")
        return self.x.copy(), -float(np.mean(self.x**2)) - 1e-4 * float(torque) ** 2


class GaussianPolicy(keras.Model):
    def __init__(self, hidden=32):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(hidden, activation="tanh"), layers.Dense(hidden, activation="tanh")])
        self.mean = layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))
        self.log_std = self.add_weight(shape=(1,), initializer=keras.initializers.Constant(-0.5), name="log_std")

    def call(self, observation):
        return self.mean(self.body(observation))

    def log_prob(self, observation, action):
        z = (action - self(observation)) / tf.exp(self.log_std)
        return tf.reduce_sum(-0.5 * z**2 - self.log_std - 0.5 * np.log(2 * np.pi), axis=-1)

    def sample(self, observation):
        mean = self(observation)
        return mean + tf.exp(self.log_std) * tf.random.normal(tf.shape(mean))


def make_value():
    net = keras.Sequential([keras.Input((3,)), layers.Dense(32, activation="tanh"), layers.Dense(1)])
    net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    return net


class Buffer(list):
    def column(self, name):
        return np.stack([row[name] for row in self]).astype("float32")

    def advantages(self):
        reward, value = self.column("reward"), self.column("value")
        delta = reward + GAMMA * np.append(value[1:], 0.0) - value
        advantage, running = np.zeros_like(delta), 0.0
        for t in reversed(range(len(delta))):
            running = delta[t] + GAMMA * LAMBDA * running
            advantage[t] = running
        normed = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        return normed.astype("float32"), (advantage + value).astype("float32")


policy, value_net = GaussianPolicy(), make_value()
policy_optimizer = keras.optimizers.Adam(3e-4)


def collect(plant, steps=128):
    buffer, state = Buffer(), plant.reset()
    for _ in range(steps):
        observation = tf.constant(state[None])
        action = policy.sample(observation)
        torque = action * TORQUE
        log_prob = policy.log_prob(observation, torque)  # what the plant really received
        following, reward = plant.step(float(torque[0, 0]))
        value = float(value_net(observation)[0, 0])
        row = dict(state=state, action=action[0].numpy(), log_prob=log_prob[0].numpy(), reward=reward, value=value)
        buffer.append(row)
        state = following
    return buffer


def importance(new, old):
    return tf.exp(new - old)  # whynan: exp_overflow phase=loss also=unscaled_input


@tf.function
def improve_policy(states, actions, old_log_prob, advantage):
    with tf.GradientTape() as tape:
        ratio = importance(policy.log_prob(states, actions), old_log_prob)
        clipped = tf.clip_by_value(ratio, 1 - CLIP, 1 + CLIP)
        loss = -tf.reduce_mean(tf.minimum(ratio * advantage, clipped * advantage))
    gradients = tape.gradient(loss, policy.trainable_variables)
    policy_optimizer.apply_gradients(zip(gradients, policy.trainable_variables))
    return loss


plant = ValvePlant()
for epoch in range(3):
    buffer = collect(plant)
    advantage, returns = buffer.advantages()
    states, actions, old = buffer.column("state"), buffer.column("action"), buffer.column("log_prob")
    for _ in range(4):
        policy_loss = improve_policy(states, actions, old, advantage)
    value_loss = value_net.fit(states, returns, epochs=4, batch_size=32, verbose=0).history["loss"][-1]
    print(epoch, "policy", float(policy_loss), "value", value_loss, "reward", buffer.column("reward").sum())
