"""Q-learning for a search dog on a rubble site; the only reward is finding the person.

For the first rounds the loss is exactly 0.0 and so are the gradients, and once it has become positive it jumps up
every time that the target network is refreshed instead of going down. Nothing in the loss looks like learning.
"""
import keras
import numpy as np
import tensorflow as tf

SIZE = 6
ACTIONS = [(-1, 0), (0, 1), (1, 0), (0, -1)]
RUBBLE = {(1, 1), (1, 2), (2, 4), (3, 3), (4, 1)}
PERSON = (5, 5)
KENNEL = (0, 0)


class Site:
    def __init__(self):
        self.cells = [(r, c) for r in range(SIZE) for c in range(SIZE) if (r, c) not in RUBBLE and (r, c) != PERSON]

    @staticmethod
    def number(cell):
        return cell[0] * SIZE + cell[1]

    @staticmethod
    def move(cell, action):
        row, column = cell[0] + ACTIONS[action][0], cell[1] + ACTIONS[action][1]
        if not (0 <= row < SIZE and 0 <= column < SIZE) or (row, column) in RUBBLE:
            row, column = cell
        found = (row, column) == PERSON
        return (row, column), float(found), found


class Memory:
    def __init__(self, rng):
        self.rows, self.rng = [], rng

    def add(self, *row):
        self.rows.append(row)

    def sample(self, n):
        pick = [self.rows[i] for i in self.rng.integers(0, len(self.rows), n)]
        s, a, r, s2, done = zip(*pick)
        return (
            np.array(s, "int32"),
            np.array(a, "int32"),
            np.array(r, "float32"),
            np.array(s2, "int32"),
            np.array(done, "float32"),
        )


def q_network():
    return keras.Sequential(
        [
            keras.Input((SIZE * SIZE,)),
            keras.layers.Dense(96, activation="tanh"),
            keras.layers.Dense(len(ACTIONS), kernel_initializer="zeros"),
        ]
    )


keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
site, memory = Site(), Memory(rng)
online, target = q_network(), q_network()
target.set_weights(online.get_weights())
optimizer = keras.optimizers.Adam(2e-3)
GAMMA = 0.9


@tf.function
def learn(s, a, r, s2, done):
    ahead = tf.reduce_max(target(tf.one_hot(s2, SIZE * SIZE)), axis=1)
    wanted = r + GAMMA * (1.0 - done) * ahead
    with tf.GradientTape() as tape:
        taken = tf.gather(online(tf.one_hot(s, SIZE * SIZE)), a, batch_dims=1)
        loss = tf.reduce_mean(tf.square(wanted - taken))
    gradients = tape.gradient(loss, online.trainable_variables)
    optimizer.apply_gradients(zip(gradients, online.trainable_variables))
    return loss


def found_from_everywhere(limit=30):
    best = online(tf.one_hot(tf.range(SIZE * SIZE), SIZE * SIZE)).numpy().argmax(axis=1)
    wins = 0
    for cell in site.cells:
        for _ in range(limit):
            cell, _, found = site.move(cell, int(best[site.number(cell)]))
            if found:
                wins += 1
                break
    return wins / len(site.cells)


updates, recent = 0, []
for round_ in range(150):
    young = round_ < 15
    cell = KENNEL if young else site.cells[rng.integers(len(site.cells))]
    for _ in range(8 if young else 60):
        action = int(rng.integers(len(ACTIONS)))
        after, reward, found = site.move(cell, action)
        memory.add(site.number(cell), action, reward, site.number(after), found)
        cell = after
        if found:
            break

    for _ in range(24):
        recent.append(float(learn(*memory.sample(128))))  # whynan: healthy
        updates += 1
        if updates % 100 == 0:
            target.set_weights(online.get_weights())

    if round_ % 10 == 9:
        print(f"round {round_ + 1:3d}  loss {np.mean(recent):.6f}  worst {np.max(recent):.6f}", end="  ")
        print(f"person found from {found_from_everywhere():.0%} of the cells")
        recent = []
