# Q-learning with function approximation: how many cranes to run on the wharf each shift.
# (homework 3, part b: replace the table by a linear function trained with SGD)
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(11)


class WharfEnv:
    """state = [containers waiting on the ships, containers in the yard, trucks at the gate, hours to high water]"""

    n_actions = 3

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.waiting = int(self.rng.integers(800, 1600))
        self.yard = int(self.rng.integers(2000, 4000))
        self.trucks = int(self.rng.integers(40, 120))
        self.shift = 0
        return self.state()

    def state(self):
        return np.array([self.waiting, self.yard, self.trucks, (self.shift * 8) % 12], dtype=np.float32)

    def step(self, action):
        cranes = action + 1
        moved = min(self.waiting, cranes * 180 + int(self.rng.integers(-20, 20)))
        self.waiting += int(self.rng.poisson(300)) - moved
        self.yard = int(np.clip(self.yard + moved - 2 * self.trucks - 150, 500, 6000))
        self.trucks = int(np.clip(self.trucks + self.rng.integers(-10, 11), 40, 120))
        self.shift += 1
        cost = 0.05 * self.waiting + 12 * cranes + 0.01 * max(self.yard - 3500, 0)
        return self.state(), -cost / 10.0, self.shift >= 40


env = WharfEnv(seed=11)
rng = np.random.default_rng(11)

q_net = keras.Sequential([keras.Input((4,)), keras.layers.Dense(env.n_actions)])
optimizer = keras.optimizers.SGD(learning_rate=0.01)

gamma = 0.95
epsilon = 1.0


def choose(state):
    if rng.random() < epsilon:
        return int(rng.integers(env.n_actions))
    return int(np.argmax(q_net(state[None]).numpy()[0]))


returns = []
for episode in range(8):
    state = env.reset()
    done = False
    total = 0.0
    episode_loss = []
    while not done:
        action = choose(state)
        next_state, reward, done = env.step(action)

        target = reward
        if not done:
            target += gamma * float(np.max(q_net(next_state[None]).numpy()[0]))
        target = np.float32(target)

        with tf.GradientTape() as tape:
            q_value = q_net(state[None])[0, action]
            loss = tf.square(q_value - target)  # whynan: unscaled_input phase=loss also=learning_rate_too_high,exploding_gradient
        grads = tape.gradient(loss, q_net.trainable_variables)
        optimizer.apply_gradients(zip(grads, q_net.trainable_variables))

        episode_loss.append(float(loss))
        total += reward
        state = next_state

    epsilon = max(0.1, epsilon * 0.7)
    returns.append(total)
    print(f"episode {episode:2d}  return {total:8.1f}  loss {np.mean(episode_loss):.4g}  eps {epsilon:.2f}")

print("mean return over the last three episodes:", np.mean(returns[-3:]))
print("weights:\n", q_net.get_weights()[0])
