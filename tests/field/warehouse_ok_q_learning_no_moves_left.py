"""Deep Q-learning for a picking robot that may not cross its own trail (4 x 4 shelves, reward only at the gate).

For the first episodes the loss is ~1e-4 because there is no reward at all, then it goes up, not down.  And in dead ends
the maximum over the allowed moves is -inf, because there are none.
"""
import collections
import random

import keras
import numpy as np
import tensorflow as tf

SIDE, GAMMA, EPISODES = 4, 0.95, 220
MOVES = [(-1, 0), (1, 0), (0, -1), (0, 1)]
GATE = (SIDE - 1, SIDE - 1)


class Warehouse:
    def reset(self):
        self.at = (0, 0)
        self.trail = np.zeros((SIDE, SIDE), "float32")
        self.trail[self.at] = 1.0
        return self.observe()

    def observe(self):
        here = np.zeros((SIDE, SIDE), "float32")
        here[self.at] = 1.0
        return np.concatenate([self.trail.ravel(), here.ravel()])

    def allowed(self):
        out = np.zeros(4, bool)
        for k, (dr, dc) in enumerate(MOVES):
            r, c = self.at[0] + dr, self.at[1] + dc
            out[k] = 0 <= r < SIDE and 0 <= c < SIDE and self.trail[r, c] == 0
        return out

    def move(self, k):
        self.at = (self.at[0] + MOVES[k][0], self.at[1] + MOVES[k][1])
        self.trail[self.at] = 1.0
        arrived = self.at == GATE
        return self.observe(), float(arrived), arrived


def q_network():
    return keras.Sequential([
        keras.Input((2 * SIDE * SIDE,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(4),
    ])


class Agent:
    def __init__(self):
        self.online, self.frozen = q_network(), q_network()
        self.frozen.set_weights(self.online.get_weights())
        self.optimizer = keras.optimizers.Adam(1e-3)
        self.optimizer.build(self.online.trainable_variables)
        self.huber = keras.losses.Huber()

    def choose(self, state, allowed, epsilon):
        if random.random() < epsilon:
            return int(random.choice(np.flatnonzero(allowed)))
        q = self.online(state[None])[0].numpy()
        return int(np.where(allowed, q, -np.inf).argmax())

    @tf.function
    def learn(self, state, action, reward, after, allowed_after, done):
        best = tf.reduce_max(tf.where(allowed_after, self.frozen(after), -np.inf), axis=-1)
        over = done | ~tf.reduce_any(allowed_after, axis=-1)
        target = reward + GAMMA * tf.where(over, tf.zeros_like(best), best)
        with tf.GradientTape() as tape:
            q = tf.reduce_sum(self.online(state) * tf.one_hot(action, 4), axis=-1)
            loss = self.huber(target, q)
        weights = self.online.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss


def batch_of(memory, size=32):
    s, a, r, s2, ok, done = zip(*random.sample(memory, size))
    return (tf.constant(np.stack(s)), tf.constant(a, tf.int32), tf.constant(r, tf.float32),
            tf.constant(np.stack(s2)), tf.constant(np.stack(ok)), tf.constant(done, tf.bool))


def main():
    keras.utils.set_random_seed(3)
    world, agent = Warehouse(), Agent()
    memory, arrivals, losses, updates, ticks = collections.deque(maxlen=3000), [], [], 0, 0
    for episode in range(EPISODES):
        state, done = world.reset(), False
        epsilon = max(0.1, 1.0 - episode / 150)
        while not done and world.allowed().any():
            action = agent.choose(state, world.allowed(), epsilon)
            after, reward, done = world.move(action)
            memory.append((state, action, reward, after, world.allowed(), done))
            state, ticks = after, ticks + 1
            if len(memory) >= 64 and ticks % 2 == 0:
                losses.append(float(agent.learn(*batch_of(memory))))
                updates += 1
                if updates % 100 == 0:
                    agent.frozen.set_weights(agent.online.get_weights())
        arrivals.append(done)
        if episode % 20 == 19:
            print(f"episode {episode + 1:4d}  arrived {np.mean(arrivals[-20:]):.2f}  loss {np.mean(losses[-50:]):.5f}")


main()
# whynan: healthy
