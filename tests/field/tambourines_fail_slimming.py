# Percussion hits -> instrument (tambourine, shaker, clap, rim shot), small enough for a microcontroller.
# 12 mel-cepstral coefficients per hit. The net is thinned out a bit after every epoch and
# the remaining weights are brought back to the same scale, so the activations do not fade.
import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

NAMES = ["tambourine", "shaker", "clap", "rimshot"]
N_PER_CLASS = 500


def make_hits():
    xs, ys = [], []
    for c in range(len(NAMES)):
        centre = rng.normal(0, 6.0, 12) * np.exp(-np.arange(12) / 6)
        mix = rng.normal(0, 1.0, (12, 12))
        hits = centre + rng.normal(0, 1.5, (N_PER_CLASS, 12)) @ mix * 0.6
        hits[:, 0] -= 30 + 10 * rng.random(N_PER_CLASS)      # loudness
        xs.append(hits)
        ys.append(np.full(N_PER_CLASS, c))
    return np.concatenate(xs).astype("float32"), np.concatenate(ys)


class Slimming(keras.callbacks.Callback):
    def __init__(self, names, ramp):
        super().__init__()
        self.names = names
        self.ramp = ramp

    def on_epoch_end(self, epoch, logs=None):
        share = self.ramp[min(epoch, len(self.ramp) - 1)]
        if share == 0:
            return
        for name in self.names:
            layer = self.model.get_layer(name)
            kernel, bias = layer.get_weights()
            cut = np.quantile(np.abs(kernel), share)
            kernel = np.where(np.abs(kernel) >= cut, kernel, 0.0)
            kernel = kernel / np.linalg.norm(kernel, axis=0, keepdims=True)  # whynan: divide_by_zero phase=update
            layer.set_weights([kernel, bias])
        left = np.mean([np.count_nonzero(self.model.get_layer(n).get_weights()[0]) for n in self.names])
        print(f"   [slimming] {share:.0%} cut away, about {left:.0f} weights left per layer")


X, y = make_hits()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=7)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

model = keras.Sequential(
    [
        layers.Input((12,)),
        layers.Dense(64, activation="tanh", name="wide"),
        layers.Dense(32, activation="tanh", name="mid"),
        layers.Dense(len(NAMES), activation="softmax", name="head"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)

slim = Slimming(["wide", "mid"], ramp=[0.0, 0.2, 0.4, 0.4, 0.95])
history = model.fit(
    X_train,
    y_train,
    validation_data=(X_test, y_test),
    epochs=9,
    batch_size=32,
    callbacks=[slim],
    verbose=2,
)

print("test accuracy:", model.evaluate(X_test, y_test, verbose=0)[1])
for n in ("wide", "mid"):
    k = model.get_layer(n).get_weights()[0]
    print(n, "share of zeros", np.mean(k == 0))
