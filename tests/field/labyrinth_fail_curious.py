"""Curious mouse in a small labyrinth: Q-network plus a bonus for rarely visited squares.

The mouse runs without end (reaching the cheese puts it back at the entrance); one
training step after every run of 25 moves.
"""
import numpy as np
import keras

PLAN = [
    "E..#",
    ".#..",
    "...#",
    "#..C",
]
MOVES = [(-1, 0), (0, 1), (1, 0), (0, -1)]
RUN = 25
GAMMA = 0.9
CURIOSITY = 0.3

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

height, width = len(PLAN), len(PLAN[0])
n_squares = height * width
CODE = np.eye(n_squares, dtype="float32")


def square(r, c):
    return r * width + c


def move(state, action):
    r, c = divmod(state, width)
    dr, dc = MOVES[action]
    r2, c2 = r + dr, c + dc
    if not (0 <= r2 < height and 0 <= c2 < width) or PLAN[r2][c2] == "#":
        return state, -0.05, False
    if PLAN[r2][c2] == "C":
        return square(r2, c2), 1.0, True
    return square(r2, c2), -0.01, False


class Mouse:
    def __init__(self):
        self.visits = np.zeros(n_squares, dtype=np.uint8)
        self.net = keras.Sequential([
            keras.layers.Input((n_squares,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(len(MOVES)),
        ])
        self.net.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")

    def q_table(self):
        return self.net(CODE).numpy()

    def bonus(self, state):
        self.visits[state] += 1
        return CURIOSITY / np.sqrt(self.visits[state])  # whynan: int_overflow phase=data|loss also=divide_by_zero

    def run(self, epsilon):
        q = self.q_table()
        state = square(0, 0)
        states = np.zeros(RUN, dtype=int)
        targets = np.zeros((RUN, len(MOVES)), dtype="float32")
        total = 0.0
        for k in range(RUN):
            if rng.random() < epsilon:
                action = int(rng.integers(len(MOVES)))
            else:
                action = int(np.argmax(q[state]))
            after, reward, cheese = move(state, action)
            total += reward
            value = reward + self.bonus(state)
            if not cheese:
                value += GAMMA * q[after].max()
            states[k] = state
            targets[k] = q[state]
            targets[k, action] = value
            state = square(0, 0) if cheese else after
        loss = self.net.train_on_batch(CODE[states], targets)
        return total, float(loss)


mouse = Mouse()
for episode in range(300):
    eps = max(0.1, 1.0 - episode / 150)
    reward, loss = mouse.run(eps)
    if episode % 20 == 0 or episode == 299:
        print(f"run {episode:3d}  reward {reward:6.2f}  loss {loss:.4f}  eps {eps:.2f}")

arrows = np.array(list("^>v<"))[mouse.q_table().argmax(axis=1)].reshape(height, width)
for r in range(height):
    print(" ".join(PLAN[r][c] if PLAN[r][c] != "." else arrows[r, c] for c in range(width)))
