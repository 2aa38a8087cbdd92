"""REINFORCE on a tray robot that has to keep a pole upright (own little simulator).

The return never improves: every episode lasts nine or ten steps, always the same push. When I print the policy weights
after the first update they are all nan, but the reward, the returns and the advantages I print look fine.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(17)


class TrayRobot:
    dt, gravity, length, pole, total = 0.02, 9.8, 0.5, 0.1, 1.1

    def __init__(self, rng, limit=120):
        self.rng = rng
        self.limit = limit

    def reset(self):
        self.state = self.rng.uniform(-0.05, 0.05, size=4)
        self.steps = 0
        return self.state.copy()

    def step(self, push_right):
        place, speed, angle, spin = self.state
        force = 10.0 if push_right else -10.0
        pulled = (force + self.pole * self.length * spin**2 * np.sin(angle)) / self.total
        turning = (self.gravity * np.sin(angle) - np.cos(angle) * pulled) / (
            self.length * (4.0 / 3.0 - self.pole * np.cos(angle) ** 2 / self.total)
        )
        moving = pulled - self.pole * self.length * turning * np.cos(angle) / self.total
        self.state = self.state + self.dt * np.array([speed, moving, spin, turning])
        self.steps += 1
        fallen = abs(self.state[2]) > 0.21 or abs(self.state[0]) > 2.4
        return self.state.copy(), 1.0, bool(fallen or self.steps >= self.limit)


class ObservationScaler:
    """Running mean and variance of everything the robot has seen (one observation at a time)."""

    def __init__(self, size):
        self.count = 0
        self.mean = np.zeros(size)
        self.squares = np.zeros(size)

    def __call__(self, observation):
        self.count += 1
        delta = observation - self.mean
        self.mean += delta / self.count
        self.squares += delta * (observation - self.mean)
        variance = self.squares / (self.count - 1)  # whynan: single_element_variance phase=data rows=0 also=divide_by_zero,zero_variance_normalisation,nan_in_input
        scaled = (observation - self.mean) / np.sqrt(variance + 1e-8)
        return np.clip(scaled, -5.0, 5.0).astype("float32")


def discounted(rewards, gamma=0.98):
    returns, running = np.zeros(len(rewards), "float32"), 0.0
    for i in reversed(range(len(rewards))):
        running = rewards[i] + gamma * running
        returns[i] = running
    return returns


def play(robot, policy, scaler, rng):
    states, actions, rewards = [], [], []
    state, done = scaler(robot.reset()), False
    while not done:
        chance = float(tf.sigmoid(policy(state[None])[0, 0]))
        action = int(rng.random() < chance)
        observation, reward, done = robot.step(action)
        states.append(state)
        actions.append(action)
        rewards.append(reward)
        state = scaler(observation)
    return np.stack(states), np.array(actions, "float32"), discounted(rewards)


def improve(policy, optimizer, states, actions, returns):
    advantage = (returns - returns.mean()) / (returns.std() + 1e-6)
    with tf.GradientTape() as tape:
        logits = policy(states, training=True)[:, 0]
        cost = tf.nn.sigmoid_cross_entropy_with_logits(labels=actions, logits=logits)
        loss = tf.reduce_mean(cost * advantage)
    grads = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    return float(loss)


if __name__ == "__main__":
    rng = np.random.default_rng(23)
    robot, scaler = TrayRobot(rng), ObservationScaler(4)
    policy = keras.Sequential([keras.Input((4,)), layers.Dense(24, activation="tanh"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(5e-3)
    for episode in range(15):
        states, actions, returns = play(robot, policy, scaler, rng)
        loss = improve(policy, optimizer, states, actions, returns)
        print(f"episode {episode:2d}  steps {len(states):3d}  return {returns[0]:6.2f}  loss {loss:.4f}")
