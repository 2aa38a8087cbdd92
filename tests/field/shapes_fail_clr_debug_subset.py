"""Small CNN with the cyclical learning rate callback (ported from bckenstler/CLR to Keras 3).

Runs fine on the whole data, but with --debug-samples the loss becomes nan in the third epoch or so
"""
import argparse

import numpy as np
import keras
from keras import layers


class CyclicLR(keras.callbacks.Callback):
    def __init__(self, base_lr=1e-3, max_lr=6e-3, step_size=2000.0, mode="triangular2", gamma=1.0):
        super().__init__()
        self.base_lr = base_lr
        self.max_lr = max_lr
        self.step_size = step_size
        self.mode = mode
        self.gamma = gamma
        self.clr_iterations = 0
        self.history = {}

    def scale(self, cycle):
        if self.mode == "triangular":
            return 1.0
        if self.mode == "triangular2":
            return 1.0 / (2.0 ** (cycle - 1))
        return self.gamma ** self.clr_iterations

    def clr(self):
        cycle = np.floor(1 + self.clr_iterations / (2 * self.step_size))  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        x = np.abs(self.clr_iterations / self.step_size - 2 * cycle + 1)
        return self.base_lr + (self.max_lr - self.base_lr) * np.maximum(0, 1 - x) * self.scale(cycle)

    def on_train_begin(self, logs=None):
        if self.clr_iterations == 0:
            self.model.optimizer.learning_rate = self.base_lr
        else:
            self.model.optimizer.learning_rate = self.clr()

    def on_train_batch_end(self, batch, logs=None):
        self.clr_iterations += 1
        self.history.setdefault("iterations", []).append(self.clr_iterations)
        for k, v in (logs or {}).items():
            self.history.setdefault(k, []).append(v)
        self.model.optimizer.learning_rate = self.clr()


def load_shapes(n=1024, size=16, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 0.15, (n, size, size, 1)).astype("float32")
    y = rng.integers(0, 2, n).astype("int32")
    for i in range(n):
        r, c = rng.integers(1, size - 8, 2)
        x[i, r:r + 6, c:c + 6] += 0.8
        if y[i]:
            x[i, r + 2:r + 4, c + 2:c + 4] -= 0.8
    return x, y


def make_model():
    return keras.Sequential([
        keras.Input((16, 16, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax"),
    ])


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--batch-size", type=int, default=128)
    p.add_argument("--debug-samples", type=int, default=100, help="0 = everything")
    p.add_argument("--epochs", type=int, default=6)
    args = p.parse_args()

    keras.utils.set_random_seed(1)
    x_train, y_train = load_shapes()
    if args.debug_samples:
        x_train, y_train = x_train[:args.debug_samples], y_train[:args.debug_samples]

    steps_per_epoch = np.floor(len(x_train) / args.batch_size)
    clr = CyclicLR(base_lr=1e-3, max_lr=2e-2, step_size=4 * steps_per_epoch)
    model = make_model()
    model.compile(
        optimizer=keras.optimizers.SGD(momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=args.batch_size, epochs=args.epochs, callbacks=[clr], verbose=2)
