# whynan: side_nonfinite
# REINFORCE on a corridor with very noisy rewards
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(3)
N_CELLS, N_ACTIONS, GAMMA = 7, 2, 0.95


class Corridor:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.pos = 3
        return self.obs()

    def obs(self):
        return np.eye(N_CELLS, dtype="float32")[self.pos]

    def step(self, action):
        self.pos = int(np.clip(self.pos + (1 if action == 1 else -1), 0, N_CELLS - 1))
        done = self.pos in (0, N_CELLS - 1)
        reward = (10.0 if self.pos == N_CELLS - 1 else 0.0) + self.rng.normal(0, 25)
        return self.obs(), reward, done


def discounted(rewards):
    out, acc = np.zeros(len(rewards), "float32"), 0.0
    for t in reversed(range(len(rewards))):
        acc = rewards[t] + GAMMA * acc
        out[t] = acc
    return out


def main():
    env = Corridor(0)
    policy = keras.Sequential([keras.Input((N_CELLS,)), keras.layers.Dense(16, activation="tanh"),
                               keras.layers.Dense(N_ACTIONS)])
    opt = keras.optimizers.Adam(5e-3)
    best_return, baseline = -np.inf, 0.0
    visits = np.zeros(N_CELLS)
    for episode in range(60):
        states, actions, rewards = [], [], []
        s, done = env.reset(), False
        while not done and len(states) < 15:
            p = tf.nn.softmax(policy(s[None]))[0].numpy().astype("float64")
            a = env.rng.choice(N_ACTIONS, p=p / p.sum())
            visits[s.argmax()] += 1
            states.append(s); actions.append(a)
            s, r, done = env.step(a)
            rewards.append(r)
        returns = discounted(rewards)
        adv = tf.constant(returns - baseline)
        baseline = 0.9 * baseline + 0.1 * returns.mean()
        with tf.GradientTape() as tape:
            logp = tf.nn.log_softmax(policy(np.stack(states)))
            chosen = tf.gather(logp, actions, batch_dims=1)
            entropy = -tf.reduce_mean(tf.reduce_sum(tf.exp(logp) * logp, axis=1))
            loss = -tf.reduce_mean(chosen * adv) - 0.01 * entropy
        grads = tape.gradient(loss, policy.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 5.0)
        opt.apply_gradients(zip(grads, policy.trainable_variables))
        best_return = max(best_return, sum(rewards))
        if episode % 10 == 0:
            with np.errstate(divide="ignore"):
                print(episode, "loss %.2f |g| %.2f best %.1f" % (loss, norm, best_return),
                      "log-visits", np.round(np.log(visits), 1))   # -inf for unvisited cells, only for the log


if __name__ == "__main__":
    main()
