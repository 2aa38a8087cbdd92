"""REINFORCE on a toy: keep a ball on a seesaw by tilting left or right."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(21)


class SeesawEnv:
    """state = (ball position, ball velocity, tilt); the plank reaches from -1 to 1"""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.ball = self.rng.uniform(-1.6, 1.6)
        self.speed = 0.0
        self.tilt = 0.0
        self.t = 0
        return self.state()

    def state(self):
        return np.array([self.ball, self.speed, self.tilt], "float32")

    def step(self, action):
        self.tilt = np.clip(self.tilt + (0.1 if action == 1 else -0.1), -0.5, 0.5)
        self.speed += 0.2 * self.tilt + self.rng.normal(0, 0.01)
        self.ball += 0.2 * self.speed
        self.t += 1
        fell = abs(self.ball) > 1.0
        reward = 1.0 - 0.2 * abs(self.ball)
        return self.state(), reward, fell or self.t >= 40


policy = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(2),
    ]
)
optimizer = keras.optimizers.Adam(5e-3)


def discounted(rewards, gamma=0.98):
    out = np.zeros(len(rewards), dtype="float32")
    acc = 0.0
    for i in reversed(range(len(rewards))):
        acc = rewards[i] + gamma * acc
        out[i] = acc
    return out


def play(env, rng):
    states, actions, rewards = [], [], []
    s, done = env.reset(), False
    while not done:
        probs = tf.nn.softmax(policy(s[None]))[0].numpy().astype("float64")
        a = int(rng.random() < probs[1])
        states.append(s)
        actions.append(a)
        s, r, done = env.step(a)
        rewards.append(r)
    return np.array(states), np.array(actions), rewards


def learn(states, actions, advantage):
    with tf.GradientTape() as tape:
        logits = policy(states)
        logp = -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=actions, logits=logits)
        loss = -tf.reduce_mean(logp * advantage)
    grads = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    return float(loss)


env = SeesawEnv(seed=3)
dice = np.random.default_rng(17)
lengths = []
for episode in range(40):
    states, actions, rewards = play(env, dice)
    returns = discounted(rewards)
    returns = (returns - returns.mean()) / returns.std()  # whynan: zero_variance_normalisation phase=data also=single_element_variance,divide_by_zero
    loss = learn(states, actions, returns)
    lengths.append(len(rewards))
    if episode % 5 == 4:
        print(f"episode {episode + 1:3d} mean length {np.mean(lengths[-5:]):5.1f} loss {loss:.4f}")
