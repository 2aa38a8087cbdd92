"""Clone the club champion's Kalah moves from recorded positions.

A pit without stones cannot be played, so the network is not allowed to
put any probability there.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(64)

PITS = 6
MAX_STONES = 14


def champion_move(own):
    """Rightmost pit that ends exactly in the store, else the fullest pit."""
    for pit in reversed(range(PITS)):
        if own[pit] == PITS - pit:
            return pit
    return int(np.argmax(own))


def random_positions(n, rng):
    boards, moves = [], []
    while len(boards) < n:
        board = rng.poisson(3.0, size=2 * PITS)
        board[rng.random(2 * PITS) < 0.3] = 0
        board = np.minimum(board, MAX_STONES)
        if board[:PITS].sum() == 0:
            continue  # the game is over, nothing to play
        boards.append(board)
        moves.append(champion_move(board[:PITS]))
    return np.array(boards, "int32"), np.array(moves, "int32")


class LegalMoves(layers.Layer):
    """Takes raw scores and the own pits, removes what the rules forbid."""

    def call(self, scores, own):
        return ops.where(own > 0, scores, -np.inf)


def make_player():
    board = keras.Input((2 * PITS,), dtype="int32", name="board")
    x = layers.Embedding(MAX_STONES + 1, 8)(board)
    x = layers.Flatten()(x)
    x = layers.Dense(96, activation="relu")(x)
    x = layers.Dense(48, activation="relu")(x)
    scores = layers.Dense(PITS, name="scores")(x)
    legal = LegalMoves(name="legal")(scores, board[:, :PITS])
    return keras.Model(board, legal)


rng = np.random.default_rng(64)
boards, moves = random_positions(4000, rng)
test_boards, test_moves = random_positions(600, rng)
print("empty own pits:", float((boards[:, :PITS] == 0).mean()))

player = make_player()
player.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
player.fit(  # whynan: healthy
    boards,
    moves,
    batch_size=64,
    epochs=12,
    validation_data=(test_boards, test_moves),
    verbose=2,
)

odds = ops.softmax(player(test_boards[:8])).numpy()
print("what it would play in the first positions:")
print(np.round(odds, 2))
chosen = player.predict(test_boards, verbose=0).argmax(axis=1)
print("illegal moves:", int((test_boards[np.arange(600), chosen] == 0).sum()))
print("same move as the champion:", float((chosen == test_moves).mean()))
