"""Actor-critic for an emergency department: carry on, call a nurse in, or divert ambulances.

One day is one episode (36 decisions).  The policy explores: one decision out of five is random.  The loss is inf or NaN after
one or two days.  Rewards are between -3 and 0 and returns are discounted, so nothing is big.
"""
from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(90)
CARRY_ON, CALL_NURSE, DIVERT = range(3)


@dataclass
class EmergencyDepartment:
    rng: np.random.Generator
    minute: int = 0
    waiting: float = 12.0
    nurses: int = 6
    longest_wait: float = 15.0
    history: list = field(default_factory=list)

    def reset(self):
        self.minute, self.waiting, self.nurses, self.longest_wait = 0, 12.0, 6, 15.0
        return self.state()

    def state(self):
        return np.array([self.minute, self.waiting, self.nurses, self.longest_wait], dtype="float32")

    def act(self, action):
        arrivals = self.rng.poisson(8 + 8 * np.exp(-((self.minute / 60 - 17) / 4) ** 2))
        if action == CALL_NURSE:
            self.nurses = min(self.nurses + 1, 12)
        elif action == DIVERT:
            arrivals = int(arrivals * 0.6)
        treated = min(self.waiting + arrivals, self.rng.poisson(1.5 * self.nurses))
        self.waiting = max(0.0, self.waiting + arrivals - treated)
        self.longest_wait = 0.6 * self.longest_wait + 2.5 * self.waiting
        self.minute += 40
        cost = min(2.0, self.waiting / 60) + 0.04 * self.nurses + 0.5 * (action == DIVERT)
        return self.state(), -cost, self.minute >= 1440


class ActorCritic(keras.Model):
    def __init__(self):
        super().__init__()
        self.shared = keras.layers.Dense(64, activation="relu")
        self.logits = keras.layers.Dense(3)
        self.value = keras.layers.Dense(1)

    def call(self, states):
        h = self.shared(states)
        return self.logits(h), self.value(h)[:, 0]


def choose(model, state, rng, explore=0.2):
    if rng.random() < explore:
        return int(rng.integers(3))
    probabilities = tf.nn.softmax(model(state[None])[0]).numpy()[0]
    return int(np.argmax(np.cumsum(probabilities) >= rng.random()))


def discounted(rewards, gamma=0.95):
    out, running = np.zeros(len(rewards), "float32"), 0.0
    for i in range(len(rewards) - 1, -1, -1):
        running = rewards[i] + gamma * running
        out[i] = running
    return out / 20.0


def update(model, optimizer, states, actions, returns):
    with tf.GradientTape() as tape:
        logits, values = model(states)
        probabilities = tf.clip_by_value(tf.nn.softmax(logits), 0.0, 1.0)
        taken = tf.reduce_sum(probabilities * tf.one_hot(actions, 3), axis=1)
        advantage = tf.stop_gradient(returns - values)
        actor_loss = -tf.reduce_mean(advantage * tf.math.log(taken))  # whynan: log_of_zero phase=loss also=exp_underflow,unscaled_input
        critic_loss = tf.reduce_mean(tf.square(returns - values))
        loss = actor_loss + 0.5 * critic_loss
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return float(actor_loss), float(critic_loss)


def main(days=24):
    rng = np.random.default_rng(90)
    department, model = EmergencyDepartment(rng), ActorCritic()
    optimizer = keras.optimizers.Adam(1e-3, clipnorm=1.0)
    for day in range(days):
        states, actions, rewards = [], [], []
        state, done = department.reset(), False
        while not done:
            action = choose(model, state, rng)
            states.append(state)
            actions.append(action)
            state, reward, done = department.act(action)
            rewards.append(reward)
        losses = update(model, optimizer, np.stack(states), np.array(actions), discounted(rewards))
        print(f"day {day + 1:2d}  cost {-sum(rewards):6.1f}  actor {losses[0]:10.3f}  critic {losses[1]:10.3f}")


if __name__ == "__main__":
    main()
