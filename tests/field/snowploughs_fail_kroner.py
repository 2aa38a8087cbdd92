"""Deep Q-learning for the night dispatcher: send 0, 1 or 2 snow ploughs on a road in the next hour.

Observations are scaled to about one, there is a replay memory and a frozen copy of the network for the targets, and
I cut the worst nights off at a quarter of a million. The agent never learns: within the first ten updates the loss
is inf, and then all Q values are nan and it sends no plough for the rest of the winter.
"""
from collections import deque

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)

ACTIONS, GAMMA = 3, 0.9
PLOUGH_HOUR = 14_500.0          # kroner for crew, diesel, salt
DELAY_PER_CM = 9_000.0          # kroner per hour and cm above the three that traffic can stand
HOURS = 12


class Winter:
    """Several roads are simulated side by side."""

    def __init__(self, roads=16, seed=8):
        self.roads, self.rng = roads, np.random.default_rng(seed)
        self.new_night()

    def new_night(self):
        self.hour = 0
        self.depth = self.rng.uniform(0.0, 4.0, self.roads)
        self.forecast = self.rng.gamma(2.0, 1.5, self.roads)
        self.wind = self.rng.uniform(0.0, 1.0, self.roads)

    def observe(self):
        hour = np.full(self.roads, self.hour / HOURS)
        return np.stack([self.depth / 10, self.forecast / 5, self.wind, hour], axis=1).astype("float32")

    def step(self, ploughs):
        fall = self.rng.gamma(1.5, self.forecast / 1.5) * (0.6 + 0.8 * self.wind)
        self.depth = np.maximum(self.depth + fall - 5.0 * ploughs, 0.0)
        cost = PLOUGH_HOUR * ploughs + DELAY_PER_CM * np.maximum(self.depth - 3.0, 0.0)
        reward = np.clip(-cost, -250_000.0, 0.0).astype("float32")
        self.forecast = np.clip(self.forecast + self.rng.normal(0, 0.6, self.roads), 0.2, 12.0)
        self.hour += 1
        return reward, self.hour == HOURS


def q_network():
    return keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(ACTIONS),
    ])


class Dispatcher:
    def __init__(self):
        self.net, self.frozen = q_network(), q_network()
        self.sync()
        self.optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
        self.optimizer.build(self.net.trainable_variables)
        self.mse = keras.losses.MeanSquaredError()

    def sync(self):
        self.frozen.set_weights(self.net.get_weights())

    def act(self, observation, explore, rng):
        best = np.argmax(self.net(observation).numpy(), axis=1)
        return np.where(rng.random(len(best)) < explore, rng.integers(ACTIONS, size=len(best)), best)

    @tf.function
    def learn(self, s, a, r, s_next, done):
        target = r + GAMMA * (1.0 - done) * tf.reduce_max(self.frozen(s_next), axis=1)
        with tf.GradientTape() as tape:
            loss = self.mse(target, tf.reduce_sum(self.net(s, training=True) * tf.one_hot(a, ACTIONS), axis=1))  # whynan: unscaled_target phase=forward|loss|gradient|update also=unscaled_reward,exploding_gradient
        gradients = tape.gradient(loss, self.net.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.net.trainable_variables))
        return loss


world, agent, rng = Winter(), Dispatcher(), np.random.default_rng(80)
memory, updates = deque(maxlen=4000), 0
for night in range(25):
    world.new_night()
    done, total = False, 0.0
    while not done:
        seen = world.observe()
        action = agent.act(seen, explore=max(0.1, 1.0 - night / 12), rng=rng)
        reward, done = world.step(action)
        total += reward.mean()
        following = world.observe()
        for row in range(world.roads):
            memory.append((seen[row], action[row], reward[row], following[row], float(done)))
        if len(memory) >= 128:
            picked = [memory[i] for i in rng.integers(len(memory), size=64)]
            s, a, r, s_next, end = (np.array(part) for part in zip(*picked))
            loss = agent.learn(tf.constant(s), tf.constant(a.astype("int32")), tf.constant(r),
                               tf.constant(s_next), tf.constant(end.astype("float32")))
            updates += 1
            if updates % 60 == 0:
                agent.sync()
            if updates < 12 or updates % 50 == 0:
                print(f"update {updates:3d}  loss {float(loss):.4g}")
    print(f"night {night:2d}: {total:,.0f} kroner per road")
