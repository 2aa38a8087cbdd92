"""When should a battery park charge and sell? Q-learning on hourly prices with a prioritised replay memory.

With a plain memory it learns to buy at night. With priorities and the importance weights (divided by their maximum, as in
the paper, so they are never above 1) the loss is nan from the first update and the park waits forever.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(29)

WAIT, CHARGE, SELL = range(3)
SETTINGS = dict(hours=900, warm_up=150, batch=64, gamma=0.95, rate=1e-3, alpha=0.6, beta=(0.4, 1.0), copy_every=60)


class Park:
    """Four blocks of storage; money in units of 100 euro."""

    def __init__(self, rng):
        self.rng, self.hour, self.charge = rng, 0, 2
        self.price = self.quote()

    def quote(self):
        day = np.sin(2 * np.pi * (self.hour - 8) / 24) + 0.5 * np.sin(4 * np.pi * (self.hour - 8) / 24)
        return float(max(0.05, 0.8 + 0.35 * day + self.rng.normal(0.0, 0.1)))

    def state(self):
        angle = 2 * np.pi * self.hour / 24
        return np.array([np.sin(angle), np.cos(angle), self.price, self.charge / 4], dtype="float32")

    def step(self, action):
        money = 0.0
        if action == CHARGE and self.charge < 4:
            self.charge += 1
            money = -self.price
        elif action == SELL and self.charge > 0:
            self.charge -= 1
            money = 0.92 * self.price
        self.hour += 1
        self.price = self.quote()
        return money, self.state()


class Replay:
    def __init__(self, size, alpha, rng):
        self.size, self.alpha, self.rng, self.count = size, alpha, rng, 0
        self.states = np.zeros((size, 4), dtype="float32")
        self.next_states = np.zeros((size, 4), dtype="float32")
        self.actions = np.zeros(size, dtype="int32")
        self.money = np.zeros(size, dtype="float32")
        self.priority = np.zeros(size)

    def add(self, state, action, money, next_state):
        i = self.count % self.size
        self.states[i], self.actions[i], self.money[i], self.next_states[i] = state, action, money, next_state
        # before its first replay the money that moved is the best guess of the surprise
        self.priority[i] = abs(money)
        self.count += 1

    def sample(self, n, beta):
        filled = min(self.count, self.size)
        scaled = self.priority[:filled] ** self.alpha
        ladder = np.cumsum(scaled)
        by_surprise = np.searchsorted(ladder, self.rng.random(n - n // 4) * ladder[-1])
        by_chance = self.rng.integers(0, filled, n // 4)  # nothing is forgotten for good
        rows = np.minimum(np.concatenate([by_surprise, by_chance]), filled - 1)
        share = scaled[rows] / ladder[-1]
        weights = (filled * share) ** -beta  # whynan: divide_by_zero phase=data also=nan_in_input
        return rows, (weights / weights.max()).astype("float32")


def q_network():
    return keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(3),
    ])


online, frozen = q_network(), q_network()
frozen.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(SETTINGS["rate"])
optimizer.build(online.trainable_variables)


@tf.function
def learn(states, actions, money, next_states, weights):
    wanted = money + SETTINGS["gamma"] * tf.reduce_max(frozen(next_states), axis=1)
    with tf.GradientTape() as tape:
        q = tf.gather(online(states, training=True), actions, batch_dims=1)
        surprise = wanted - q
        loss = tf.reduce_mean(weights * tf.square(surprise))
    gradients = tape.gradient(loss, online.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
    optimizer.apply_gradients(zip(gradients, online.trainable_variables))
    return loss, tf.abs(surprise)


def run():
    rng = np.random.default_rng(29)
    park, memory = Park(rng), Replay(2000, SETTINGS["alpha"], rng)
    state, earned, updates = park.state(), 0.0, 0
    low, high = SETTINGS["beta"]
    for hour in range(SETTINGS["hours"]):
        if hour < SETTINGS["warm_up"] or rng.random() < 0.15:
            action = int(rng.integers(3))
        else:
            action = int(np.argmax(online(state[None]).numpy()[0]))
        money, following = park.step(action)
        memory.add(state, action, money, following)
        earned += money
        state = following

        if hour >= SETTINGS["warm_up"] and hour % 3 == 0:
            rows, weights = memory.sample(SETTINGS["batch"], low + (high - low) * hour / SETTINGS["hours"])
            loss, surprise = learn(memory.states[rows], memory.actions[rows], memory.money[rows],
                                   memory.next_states[rows], weights)
            memory.priority[rows] = surprise.numpy()
            updates += 1
            if updates % 25 == 1:
                print(f"hour {hour}: update {updates}, loss {float(loss):.4f}, earned {earned:.1f}")
        if hour % SETTINGS["copy_every"] == 0:
            frozen.set_weights(online.get_weights())


if __name__ == "__main__":
    run()
