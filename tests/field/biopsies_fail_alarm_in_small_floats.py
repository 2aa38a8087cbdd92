"""Breast cancer data, three little networks (means, errors, worst values), the highest of
the three probabilities counts.

It has to run on a tiny board later, so I switched the float type at the top of the file.
It starts like the normal version, the loss gets smaller for some batches, and then it is
nan.  Without the switch it trains to the end with the same seed.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.config.set_floatx("float16")
keras.utils.set_random_seed(19)

GROUPS = {"mean": slice(0, 10), "error": slice(10, 20), "worst": slice(20, 30)}


def load():
    data = load_breast_cancer()
    table = StandardScaler().fit_transform(data.data)
    malignant = 1 - data.target  # in sklearn 0 is malignant
    order = np.random.default_rng(19).permutation(len(table))
    table, malignant = table[order], malignant[order]
    parts = [table[:, where].astype("float16") for where in GROUPS.values()]
    return parts, malignant.astype("float16").reshape(-1, 1)


def watcher(name):
    """Ten measurements -> probability of a malignant sample."""
    entry = keras.Input((10,), name=name)
    h = layers.Dense(16, activation="relu", name=f"{name}_hidden")(entry)
    return entry, layers.Dense(1, activation="sigmoid", name=f"{name}_p")(h)


def committee():
    entries, votes = zip(*(watcher(name) for name in GROUPS))
    alarm = layers.Maximum(name="alarm")(list(votes))
    return keras.Model(list(entries), alarm)


class Progress(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5 == 0:
            size = max(float(np.abs(w).max()) for w in self.model.get_weights())
            print(f"epoch {epoch:3d}  loss {logs['loss']:.4f}  largest weight {size:.2f}")


parts, target = load()
for name, part in zip(GROUPS, parts):
    print(name, part.dtype, float(part.min()), float(part.max()))

model = committee()
model.compile(
    optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(),
)
model.fit(parts, target, batch_size=32, epochs=20, verbose=0, callbacks=[Progress()])  # whynan: float16_epsilon_underflow phase=loss also=log_of_zero,clip_misuse
print(model.predict([p[:6] for p in parts], verbose=0).ravel(), target[:6].ravel())
