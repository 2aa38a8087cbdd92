"""Offline Q-learning for a heat pump with a storage tank (heat now, heat half, wait). For the first thirty updates the TD
error behaves, then the Q values run away and in the end the loss is inf. Rewards are between -3 and 0, gradients are
clipped, gamma is far below 1, the target network is updated softly - I have run out of ideas."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)

GAMMA, TAU, BATCH, UPDATES = 0.9, 0.1, 64, 800
ACTIONS = np.array([0.0, 0.5, 1.0])


def collect_log(rng, n=5000):
    """One year of the old thermostat with some random actions: state, action, reward, next state, end of day."""
    hour, tank, outside = 0.0, 50.0, 6.0
    rows = []
    for i in range(n):
        price = 0.22 + 0.1 * np.sin(2 * np.pi * (hour - 14) / 24)
        state = (np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), (tank - 48) / 8, outside / 10, price * 4)
        action = int(rng.integers(3)) if rng.uniform() < 0.4 else int(2 if tank < 46 else 0)
        draw = rng.gamma(1.2, 0.9) * (1.8 if hour in (7, 8, 19, 20) else 0.6)
        tank = np.clip(tank + 4.0 * ACTIONS[action] - draw - 0.02 * (tank - outside) * 0.5, 30, 62)
        outside += 0.1 * (6 + 4 * np.sin(2 * np.pi * (hour - 9) / 24) - outside) + rng.normal(0, 0.3)
        reward = -price * 3.0 * ACTIONS[action] - 0.15 * min(max(0.0, 45 - tank), 12.0)
        hour = (hour + 1) % 24
        price = 0.22 + 0.1 * np.sin(2 * np.pi * (hour - 14) / 24)
        after = (np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24), (tank - 48) / 8, outside / 10, price * 4)
        rows.append((state, action, reward, after, float(hour == 0)))
    s, a, r, s2, end = zip(*rows)
    return (np.float32(s), np.int32(a), np.float32(r), np.float32(s2), np.float32(end))


def q_network():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(48, activation="relu"),
        keras.layers.Dense(len(ACTIONS)),
    ])


class Learner:
    def __init__(self):
        self.online, self.target = q_network(), q_network()
        self.target.set_weights(self.online.get_weights())
        self.optimizer = keras.optimizers.Adam(1e-3, clipnorm=10.0)

    def follow(self):
        for slow, fast in zip(self.target.trainable_variables, self.online.trainable_variables):
            slow.assign_add(TAU * (slow - fast))

    @tf.function
    def update(self, s, a, r, s2, end):
        future = tf.reduce_max(self.target(s2), axis=1)
        goal = r + GAMMA * (1.0 - end) * future
        with tf.GradientTape() as tape:
            chosen = tf.gather(self.online(s), a, batch_dims=1)
            loss = tf.reduce_mean(tf.square(goal - chosen))  # whynan: exploding_gradient phase=loss also=wrong_sign_update
        variables = self.online.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.follow()
        return loss, tf.reduce_mean(chosen)


rng = np.random.default_rng(41)
log = collect_log(rng)
learner = Learner()
for step in range(UPDATES):
    rows = rng.integers(0, len(log[0]), BATCH)
    loss, q_mean = learner.update(*(tf.constant(column[rows]) for column in log))
    if step % 50 == 0 or step == UPDATES - 1:
        print(f"update {step:4d}  td {float(loss):.4g}  mean Q {float(q_mean):.4g}")
