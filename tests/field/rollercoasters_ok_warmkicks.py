"""Track element (lift, drop, loop, turn) from the accelerometer of a rider's phone.

Plain SGD. Every sixth epoch the rate is kicked up, to see whether there is a better
basin somewhere else; when there is none we go back to where we were.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

ELEMENTS = ["lift", "drop", "loop", "turn"]
CENTRE = np.array([
    # mean g, max g, min g, lateral, jerk, gyro
    [1.0, 1.2, 0.9, 0.1, 0.2, 0.1],
    [0.3, 1.1, -0.6, 0.3, 1.0, 0.5],
    [2.6, 4.1, 1.2, 0.4, 1.4, 2.4],
    [1.6, 2.2, 1.0, 1.6, 0.8, 1.1],
])
SPREAD = np.array([0.35, 0.5, 0.4, 0.35, 0.3, 0.4])


def ride(n):
    kind = rng.integers(0, 4, n)
    x = CENTRE[kind] + SPREAD * rng.normal(size=(n, 6))
    return x, kind


x, kind = ride(1500)
x = ((x - x.mean(0)) / x.std(0)).astype("float32")
kind = kind.astype("int32")

net = keras.Sequential([
    keras.Input((6,)),
    layers.Dense(32, activation="relu"),
    layers.Dense(16, activation="relu"),
    layers.Dense(4),
])
net.compile(
    optimizer=keras.optimizers.SGD(0.2, global_clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)


def rate(epoch, lr):
    return 6.0 if epoch % 6 == 5 else 0.2


class BackToBest(keras.callbacks.Callback):
    """Restores the best weights when an epoch went clearly wrong."""

    def __init__(self, tolerance=1.5):
        super().__init__()
        self.tolerance = tolerance
        self.best = np.inf
        self.kept = None

    def on_epoch_end(self, epoch, logs=None):
        now = logs["val_loss"]
        if now < self.best:
            self.best, self.kept = now, self.model.get_weights()
        elif now > self.tolerance * self.best:
            self.model.set_weights(self.kept)
            print(f"   epoch {epoch}: val_loss {now:.3f} after {self.best:.3f}, going back")


history = net.fit(  # whynan: healthy
    x, kind,
    validation_split=0.2,
    batch_size=48,
    epochs=17,
    verbose=2,
    callbacks=[keras.callbacks.LearningRateScheduler(rate), BackToBest(), keras.callbacks.TerminateOnNaN()],
)

print("highest training loss of an epoch: %.3f" % max(history.history["loss"]))
print("final accuracy: %.3f" % history.history["val_accuracy"][-1])
guess = net.predict(x[-300:], verbose=0).argmax(1)
for i, name in enumerate(ELEMENTS):
    mine = kind[-300:] == i
    print(f"{name:>5}: {np.mean(guess[mine] == i):.2f}")
