"""PPO for the compressor of an apple cold store: keep 1.5 degrees, run when power is cheap.

An episode is three days in quarter hours. My own PPO, two networks with an optimiser each, advantages normalised per
minibatch as in the library I used before. With an older episode (one day, cut at the last quarter hour) it ran. Now the policy
loss is nan in the very first iteration, from then on the compressor gets nan as its set point.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(15)

QUARTER = 0.25
HYPER = dict(gamma=0.99, lam=0.95, clip=0.2, passes=4, minibatch=32, iterations=6, actor_rate=3e-4, critic_rate=1e-3)


class ColdStore:
    def __init__(self, days=3, seed=21):
        self.rng = np.random.default_rng(seed)
        self.hours = np.arange(0.0, 24.0 * days + QUARTER, QUARTER)

    def reset(self):
        phase = 2.0 * np.pi * (self.hours - 9.0) / 24.0
        self.outside = 14.0 + 6.0 * np.sin(phase) + np.cumsum(self.rng.normal(0.0, 0.1, len(self.hours)))
        self.price = 0.20 + 0.08 * np.sin(2.0 * phase) + self.rng.normal(0.0, 0.01, len(self.hours))
        self.air = 2.0 + self.rng.normal(0.0, 0.4)
        self.k = 0
        return self.observe()

    def observe(self):
        k = min(self.k, len(self.hours) - 1)
        angle = 2.0 * np.pi * self.hours[k] / 24.0
        return np.array(
            [self.air - 1.5, (self.outside[k] - 14.0) / 6.0, (self.price[k] - 0.2) / 0.08, np.sin(angle), np.cos(angle)],
            dtype="float32",
        )

    def step(self, action):
        power = np.clip(0.5 + 0.5 * action, 0.0, 1.0)
        self.air += QUARTER * (0.08 * (self.outside[self.k] - self.air) - 2.4 * power) + self.rng.normal(0.0, 0.03)
        reward = -self.price[self.k] * 12.0 * power * QUARTER - 0.5 * max(abs(self.air - 1.5) - 0.5, 0.0)
        self.k += 1
        return self.observe(), reward


def mlp(name):
    return keras.Sequential(
        [keras.Input((5,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(32, activation="tanh"),
         keras.layers.Dense(1)],
        name=name,
    )


class Ppo:
    def __init__(self):
        self.actor, self.critic = mlp("actor"), mlp("critic")
        self.log_std = keras.Variable(np.full((1,), -0.7, dtype="float32"), name="log_std")
        self.actor_weights = self.actor.trainable_variables + [self.log_std]
        self.critic_weights = self.critic.trainable_variables
        self.actor_optimizer = keras.optimizers.Adam(HYPER["actor_rate"])
        self.critic_optimizer = keras.optimizers.Adam(HYPER["critic_rate"])
        self.actor_optimizer.build(self.actor_weights)
        self.critic_optimizer.build(self.critic_weights)
        self.rng = np.random.default_rng(77)

    def act(self, state):
        mean = float(self.actor(state[None, :])[0, 0])
        return mean + float(np.exp(self.log_std.numpy()[0])) * self.rng.normal()

    def log_prob(self, states, actions):
        log_std = tf.convert_to_tensor(self.log_std)
        z = (actions - self.actor(states)[:, 0]) / tf.exp(log_std)
        return -0.5 * tf.square(z) - log_std - 0.919

    def targets(self, rewards, values):
        advantages, running, following = np.zeros_like(rewards), 0.0, 0.0
        for k in reversed(range(len(rewards))):
            running = rewards[k] + HYPER["gamma"] * following - values[k] + HYPER["gamma"] * HYPER["lam"] * running
            advantages[k], following = running, values[k]
        return advantages, advantages + values

    @tf.function
    def update(self, states, actions, old_log_prob, advantages, returns):
        centred = advantages - tf.reduce_mean(advantages)
        freedom = tf.cast(tf.size(advantages), tf.float32) - 1.0
        spread = tf.sqrt(tf.reduce_sum(tf.square(centred)) / freedom)  # whynan: single_element_variance phase=loss|forward also=divide_by_zero,zero_variance_normalisation
        advantages = centred / (spread + 1e-8)
        with tf.GradientTape() as tape:
            ratio = tf.exp(self.log_prob(states, actions) - old_log_prob)
            limited = tf.clip_by_value(ratio, 1.0 - HYPER["clip"], 1.0 + HYPER["clip"])
            actor_loss = -tf.reduce_mean(tf.minimum(ratio * advantages, limited * advantages))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(actor_loss, self.actor_weights), 0.5)
        self.actor_optimizer.apply_gradients(zip(gradients, self.actor_weights))
        with tf.GradientTape() as tape:
            critic_loss = tf.reduce_mean(tf.square(self.critic(states)[:, 0] - returns))
        gradients = tape.gradient(critic_loss, self.critic_weights)
        self.critic_optimizer.apply_gradients(zip(gradients, self.critic_weights))
        return actor_loss, critic_loss


store, agent = ColdStore(), Ppo()
for iteration in range(HYPER["iterations"]):
    states, actions, rewards = [store.reset()], [], []
    for _ in store.hours:
        actions.append(agent.act(states[-1]))
        state, reward = store.step(actions[-1])
        states.append(state)
        rewards.append(reward)
    states = np.stack(states[:-1])
    actions, rewards = np.array(actions, dtype="float32"), np.array(rewards, dtype="float32")
    advantages, returns = agent.targets(rewards, agent.critic(states).numpy()[:, 0])
    old = agent.log_prob(states, actions).numpy()
    losses = []
    for _ in range(HYPER["passes"]):
        order = agent.rng.permutation(len(states))
        for start in range(0, len(order), HYPER["minibatch"]):
            take = order[start:start + HYPER["minibatch"]]
            pair = agent.update(states[take], actions[take], old[take], advantages[take], returns[take])
            losses.append([float(value) for value in pair])
    policy, value = np.mean(losses, axis=0)
    print(f"{iteration}  return {rewards.sum():8.2f}  policy loss {policy:8.4f}  value loss {value:8.3f}")
