"""Is there a seven anywhere on the receipt? Multiple-instance toy on digit crops before the real scans arrive.

Everything runs in half precision because the box for the shop has little memory. A receipt is a bag of twelve crops and
the answer is the largest probability that any of the sixteen detectors gives to any crop. In float32 the same file trains
(slowly, the pixels are not scaled yet), with the one line for float16 the loss is nan at once.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.config.set_floatx("float16")
keras.utils.set_random_seed(77)

CROPS = 12
DETECTORS = 16
SOUGHT = 7


def make_receipts(n, seed):
    """Bags of crops, half of them with at least one seven."""
    rng = np.random.default_rng(seed)
    digits = load_digits()
    sevens = digits.data[digits.target == SOUGHT]
    others = digits.data[digits.target != SOUGHT]
    bags = np.empty((n, CROPS, 64), "float32")
    found = np.zeros((n, 1), "float32")
    for i in range(n):
        bags[i] = others[rng.integers(0, len(others), CROPS)]
        if i % 2:
            k = rng.integers(1, 4)
            bags[i, rng.permutation(CROPS)[:k]] = sevens[rng.integers(0, len(sevens), k)]
            found[i] = 1.0
    order = rng.permutation(n)
    return bags[order], found[order]


def build():
    receipt = keras.Input((CROPS, 64), name="receipt")
    scores = layers.Dense(DETECTORS, activation="sigmoid", name="detectors")(receipt)
    scores = layers.Reshape((CROPS * DETECTORS, 1))(scores)
    any_seven = layers.GlobalMaxPooling1D(name="any")(scores)
    return keras.Model(receipt, any_seven)


def main():
    x, y = make_receipts(320, seed=1)
    vx, vy = make_receipts(80, seed=2)
    model = build()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.01),
        loss=keras.losses.BinaryCrossentropy(),
    )
    print("weights are", model.layers[1].kernel.dtype)
    model.fit(x, y, batch_size=32, epochs=3, validation_data=(vx, vy), verbose=2)  # whynan: float16_epsilon_underflow phase=loss also=log_of_zero,clip_misuse,unscaled_input


if __name__ == "__main__":
    main()
