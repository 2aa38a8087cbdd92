"""Actor-critic on a 5x5 grid with a single reward; the dashboard shows -inf for the critic.

Explained variance of the critic is -inf or nan in many of the early iterations and the curve in the dashboard breaks
off there. Is the value loss already destroyed at that point?
"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(55)

SIZE, GAMMA, ENVS, HORIZON, ITERATIONS = 5, 0.95, 4, 12, 160
MOVES = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
GOAL = (4, 4)


class Grid:
    def __init__(self, rng):
        self.rng = rng
        self.reset()

    def reset(self):
        while True:
            self.position = self.rng.integers(0, SIZE, 2)
            if tuple(self.position) != GOAL:
                return

    def observe(self):
        plane = np.zeros(SIZE * SIZE, "float32")
        plane[self.position[0] * SIZE + self.position[1]] = 1.0
        return plane

    def step(self, action):
        self.position = np.clip(self.position + MOVES[action], 0, SIZE - 1)
        if tuple(self.position) == GOAL:
            self.reset()
            return 1.0, True
        return 0.0, False


inputs = keras.Input((SIZE * SIZE,))
h = keras.layers.Dense(32, activation="tanh")(inputs)
agent = keras.Model(inputs, [keras.layers.Dense(4)(h), keras.layers.Dense(1)(h)])
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(agent.trainable_variables)


@tf.function
def act(observations):
    logits, value = agent(observations)
    return tf.random.categorical(logits, 1)[:, 0], value[:, 0]


@tf.function
def learn(observations, actions, returns, advantages):
    with tf.GradientTape() as tape:
        logits, value = agent(observations, training=True)
        log_policy = tf.nn.log_softmax(logits)
        chosen = tf.gather(log_policy, actions, batch_dims=1)
        policy_loss = -tf.reduce_mean(chosen * advantages)
        value_loss = tf.reduce_mean(tf.square(returns - value[:, 0]))
        entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(log_policy) * log_policy, axis=1))
        loss = policy_loss + 0.5 * value_loss - 0.01 * entropy
    gradients = tape.gradient(loss, agent.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 0.5)
    optimizer.apply_gradients(zip(gradients, agent.trainable_variables))
    return loss, value_loss


def explained_variance(values, returns):
    return 1.0 - np.var(returns - values) / np.var(returns)


rng = np.random.default_rng(55)
grids = [Grid(rng) for _ in range(ENVS)]
dashboard = []
for iteration in range(ITERATIONS):
    for g in grids:
        g.reset()
    obs, acts, rewards, dones, values = [], [], [], [], []
    for _ in range(HORIZON):
        o = np.stack([g.observe() for g in grids])
        a, v = act(tf.constant(o))
        outcome = [g.step(int(k)) for g, k in zip(grids, a.numpy())]
        obs.append(o), acts.append(a.numpy()), values.append(v.numpy())
        rewards.append([r for r, _ in outcome]), dones.append([d for _, d in outcome])
    returns = np.zeros((HORIZON, ENVS))
    tail = np.zeros(ENVS)
    for t in reversed(range(HORIZON)):
        tail = np.array(rewards[t]) + GAMMA * tail * (1.0 - np.array(dones[t], dtype=float))
        returns[t] = tail
    values = np.array(values)
    advantages = returns - values
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    loss, value_loss = learn(tf.constant(np.concatenate(obs)), tf.constant(np.concatenate(acts)),
                             tf.constant(returns.reshape(-1), tf.float32),
                             tf.constant(advantages.reshape(-1), tf.float32))
    dashboard.append({"return": float(np.sum(rewards)), "explained_variance": float(explained_variance(values, returns)),
                      "value_loss": float(value_loss), "loss": float(loss)})
    if iteration % 10 == 0:
        print(iteration, dashboard[-1])

print("mean explained variance of the run:", np.mean([d["explained_variance"] for d in dashboard]))
