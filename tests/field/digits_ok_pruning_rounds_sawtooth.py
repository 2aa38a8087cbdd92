"""Iterative magnitude pruning of a digit classifier for a microcontroller.

Every round the loss jumps up to a multiple of what it was, and there are inf values in my score table. Is it broken?
"""
import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(28)
ROUNDS, SHARE = 5, 0.45


class HoldZeros(keras.callbacks.Callback):
    """Put the removed weights back to zero after every update."""

    def __init__(self, kept):
        super().__init__()
        self.kept = kept

    def on_train_batch_end(self, batch, logs=None):
        for layer, keep in self.kept.items():
            kernel = self.model.get_layer(layer).kernel
            kernel.assign(kernel * keep)


def weakest(kernel, keep, share):
    salience = np.abs(kernel)
    salience[keep == 0] = np.inf  # gone already, never rank again
    count = int(share * keep.sum())
    flat = np.argsort(salience, axis=None)[:count]
    keep = keep.copy()
    keep.ravel()[flat] = 0.0
    return keep


images, digits = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(
    (images / 16.0).astype("float32"), digits, test_size=0.25, random_state=0, stratify=digits)

model = keras.Sequential([
    keras.Input((64,)),
    keras.layers.Dense(96, activation="relu", name="first"),
    keras.layers.Dense(48, activation="relu", name="second"),
    keras.layers.Dense(10, name="head"),
])
model.compile(
    optimizer=keras.optimizers.SGD(0.02, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
kept = {name: np.ones(model.get_layer(name).kernel.shape, "float32") for name in ("first", "second")}
model.fit(x_train, y_train, batch_size=64, epochs=10, verbose=0)

for turn in range(ROUNDS):
    before, _ = model.evaluate(x_test, y_test, verbose=0)
    for name in kept:
        kernel = model.get_layer(name).kernel
        kept[name] = weakest(np.array(kernel), kept[name], SHARE)
        kernel.assign(kernel * kept[name])
    after, _ = model.evaluate(x_test, y_test, verbose=0)
    model.fit(x_train, y_train, batch_size=64, epochs=4, callbacks=[HoldZeros(kept)], verbose=0)
    healed, accuracy = model.evaluate(x_test, y_test, verbose=0)
    left = sum(k.sum() for k in kept.values()) / sum(k.size for k in kept.values())
    print(f"round {turn}: {left:5.1%} left  loss {before:.3f} -> {after:.3f} -> {healed:.3f}  acc {accuracy:.3f}")
# whynan: healthy
