"""Soft Q-learning for a two-server queue (send the job left, right, or refuse it), temperature 0.1.

The TD error is small and stable at first and the values climb as they should; then the loss is
inf and the network is gone. Lowering the learning rate only moves the moment.
"""
import keras
import numpy as np
import tensorflow as tf

CONFIG = {
    "capacity": 20, "discount": 0.98, "temperature": 0.1, "learning_rate": 5e-3,
    "batch": 64, "updates": 1200, "sync_every": 10, "transitions": 4000, "seed": 6,
}
LEFT, RIGHT, REFUSE = range(3)


class TwoServers:
    def __init__(self, capacity, rng):
        self.capacity, self.rng = capacity, rng
        self.left = self.right = 4

    def observe(self):
        return np.array([self.left, self.right], "float32") / self.capacity

    def step(self, action):
        arrivals = self.rng.poisson(1.3)
        if action == LEFT:
            self.left = min(self.capacity, self.left + arrivals)
        elif action == RIGHT:
            self.right = min(self.capacity, self.right + arrivals)
        served = 0
        if self.left and self.rng.random() < 0.8:
            self.left, served = self.left - 1, served + 1
        if self.right and self.rng.random() < 0.5:
            self.right, served = self.right - 1, served + 1
        reward = served - 0.005 * (self.left + self.right)
        return self.observe(), float(reward)


def collect(cfg):
    rng = np.random.default_rng(cfg["seed"])
    env = TwoServers(cfg["capacity"], rng)
    rows, state = [], env.observe()
    for _ in range(cfg["transitions"]):
        action = int(rng.choice(3, p=[0.5, 0.35, 0.15]))
        following, reward = env.step(action)
        rows.append((state, action, reward, following))
        state = following
    s, a, r, s2 = zip(*rows)
    return np.array(s), np.array(a, "int32"), np.array(r, "float32"), np.array(s2)


def q_network():
    return keras.Sequential([
        keras.Input((2,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(3),
    ])


class SoftQ:
    def __init__(self, cfg):
        self.cfg = cfg
        self.online, self.target = q_network(), q_network()
        self.optimizer = keras.optimizers.Adam(cfg["learning_rate"], clipnorm=10.0)
        self.optimizer.build(self.online.trainable_variables)
        self.sync()

    def sync(self):
        self.target.set_weights(self.online.get_weights())

    def soft_value(self, states):
        alpha = self.cfg["temperature"]
        q = self.target(states)
        return alpha * tf.math.log(tf.reduce_sum(tf.exp(q / alpha), axis=1))  # whynan: exp_overflow phase=forward|loss also=unscaled_target

    @tf.function
    def update(self, s, a, r, s2):
        backup = r + self.cfg["discount"] * self.soft_value(s2)
        with tf.GradientTape() as tape:
            chosen = tf.reduce_sum(self.online(s) * tf.one_hot(a, 3), axis=1)
            loss = tf.reduce_mean(tf.square(backup - chosen))
        gradients = tape.gradient(loss, self.online.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.online.trainable_variables))
        return loss, tf.reduce_mean(chosen)


def main(cfg=CONFIG):
    keras.utils.set_random_seed(cfg["seed"])
    memory = collect(cfg)
    agent = SoftQ(cfg)
    rng = np.random.default_rng(cfg["seed"] + 1)
    for update in range(cfg["updates"]):
        pick = rng.choice(len(memory[0]), cfg["batch"])
        loss, value = agent.update(*[tf.constant(column[pick]) for column in memory])
        if update % cfg["sync_every"] == 0:
            agent.sync()
        if update % 100 == 0:
            print(f"update {update:4d}  loss {float(loss):9.4f}  mean value {float(value):7.3f}")


if __name__ == "__main__":
    main()
