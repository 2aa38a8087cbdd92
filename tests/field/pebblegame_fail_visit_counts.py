"""A tiny AlphaZero for a two-heap pebble game: take one, two or three from a heap, the last pebble wins.

Every iteration searches all positions, turns the visit counts into a policy target and fits the two-headed network
on the last sweeps. The first iterations are good (policy loss falls, the values get the right sign). In one of the
later iterations the policy loss of fit is nan at once, and every sweep after it chooses the first legal move.
I halve the temperature each iteration so that the play becomes greedy, as people recommend.
"""
import itertools

import keras
import numpy as np

keras.utils.set_random_seed(2)
rng = np.random.default_rng(2)

HEAP = 5
MOVES = [(heap, take) for heap in range(2) for take in (1, 2, 3)]
POSITIONS = [p for p in itertools.product(range(HEAP + 1), repeat=2) if sum(p) > 0]
CONFIG = {"iterations": 11, "simulations": 100, "c_puct": 1.4, "keep_sweeps": 2, "temperature_decay": 0.5}


def legal(position):
    return np.array([position[heap] >= take for heap, take in MOVES])


def after(position, move):
    heap, take = MOVES[move]
    child = list(position)
    child[heap] -= take
    return tuple(child)


def playout(position):
    """Random play to the end; +1 if the side to move takes the last pebble."""
    result = -1.0
    while sum(position) > 0:
        position = after(position, rng.choice(np.flatnonzero(legal(position))))
        result = -result
    return result


def search(position, prior):
    mask = legal(position)
    visits, total = np.zeros(len(MOVES)), np.zeros(len(MOVES))
    for sim in range(CONFIG["simulations"]):
        bonus = CONFIG["c_puct"] * prior * np.sqrt(sim + 1.0) / (1.0 + visits)
        score = np.where(mask, total / np.maximum(visits, 1.0) + bonus, -np.inf)
        move = int(np.argmax(score))
        total[move] -= playout(after(position, move))
        visits[move] += 1.0
    return visits, total.sum() / CONFIG["simulations"]


def policy_target(visits, temperature):
    return visits ** (1.0 / temperature) / np.sum(visits ** (1.0 / temperature), axis=1, keepdims=True)  # whynan: exp_overflow phase=data also=nan_in_label,pow_overflow


def encode(positions):
    heaps = np.array(positions, "float32")
    parity = heaps % 4
    return np.concatenate([heaps / HEAP, parity / 3.0], axis=1).astype("float32")


def build_network():
    board = keras.Input((4,), name="board")
    h = keras.layers.Dense(48, activation="relu")(board)
    h = keras.layers.Dense(48, activation="relu")(h)
    policy = keras.layers.Dense(len(MOVES), activation="softmax", name="policy")(h)
    value = keras.layers.Dense(1, activation="tanh", name="value")(h)
    model = keras.Model(board, {"policy": policy, "value": value})
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss={"policy": "categorical_crossentropy", "value": "mse"},
    )
    return model


def main():
    network, sweeps = build_network(), []
    boards, temperature = encode(POSITIONS), 1.0
    for iteration in range(CONFIG["iterations"]):
        prior = network(boards)["policy"].numpy()
        results = [search(p, prior[i]) for i, p in enumerate(POSITIONS)]
        visits = np.array([r[0] for r in results])
        values = np.array([[r[1]] for r in results])
        sweeps = (sweeps + [(boards, policy_target(visits, temperature), values)])[-CONFIG["keep_sweeps"] :]
        x, pi, z = (np.concatenate(part) for part in zip(*sweeps))
        history = network.fit(x, {"policy": pi, "value": z}, batch_size=14, epochs=6, verbose=0).history
        print(f"iteration {iteration:2d}  temperature {temperature:.4f}  loss {history['loss'][-1]:.4f}")
        temperature *= CONFIG["temperature_decay"]


if __name__ == "__main__":
    main()
