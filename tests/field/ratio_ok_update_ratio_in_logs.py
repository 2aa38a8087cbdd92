# whynan: side_nonfinite
# Callback that writes Karpathy's update-to-weight ratio of every variable into the logs of the epoch.
# Some of them are inf or nan in history.history - the training itself looks good. Is that a problem?
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(33)


class UpdateRatio(keras.callbacks.Callback):
    def _snapshot(self):
        return {w.path: w.numpy().copy() for w in self.model.weights if "seed_generator" not in w.path}

    def on_epoch_begin(self, epoch, logs=None):
        self.before = self._snapshot()

    def on_epoch_end(self, epoch, logs=None):
        with np.errstate(all="ignore"):
            for path, now in self._snapshot().items():
                old = self.before[path]
                moved = np.linalg.norm(now - old)
                logs[f"ratio/{path}"] = float(np.float32(moved) / np.float32(np.linalg.norm(old)))


def vibration(n=512, length=32):
    rng = np.random.default_rng(33)
    state = rng.integers(0, 3, n)
    t = np.arange(length) / length
    signal = np.sin(2 * np.pi * (state[:, None] + 2) * t + rng.uniform(0, 6.28, (n, 1)))
    return (signal + 0.3 * rng.normal(size=signal.shape))[..., None].astype("float32"), state


def classifier(frozen_stem):
    stem = layers.Conv1D(8, 5, strides=2, activation="relu", name="stem")
    stem.trainable = not frozen_stem               # random features, bias stays 0
    return keras.Sequential([
        keras.Input((32, 1)),
        stem,
        layers.Conv1D(16, 3, activation="relu", name="middle"),
        layers.GlobalMaxPooling1D(),
        layers.Dense(3, name="head"),
    ])


x, state = vibration()
model = classifier(frozen_stem=True)
for stage, rate in enumerate((1e-2, 3e-3)):
    model.compile(
        optimizer=keras.optimizers.Adam(rate, clipnorm=1.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    history = model.fit(x, state, batch_size=64, epochs=4, verbose=0, callbacks=[UpdateRatio()])
    print(f"stage {stage}: loss {history.history['loss'][-1]:.4f}")
    for key, values in history.history.items():
        if key.startswith("ratio/"):
            print(f"   {key:<32s}", ["%.3g" % v for v in values])
