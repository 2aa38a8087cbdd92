"""Sorting line for shelled hazelnuts: near infrared bands -> kind of defect.

Season 2022 for training, the first week of 2023 for validation.
"""
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

KINDS = ["sound", "shrivelled", "rancid", "insect", "mould"]
BANDS = 24
centres = np.cumsum(rng.normal(0, 0.35, (5, BANDS)), axis=1)


def lot(counts):
    labels = np.repeat(np.arange(5), counts)
    rng.shuffle(labels)
    spectra = centres[labels] + rng.normal(0, 0.5, (len(labels), BANDS))
    spectra *= rng.normal(1.0, 0.05, (len(labels), 1))
    return spectra.astype("float32"), labels.astype("int32")


x_train, y_train = lot([1100, 260, 180, 120, 40])
x_val, y_val = lot([320, 60, 45, 25, 0])
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train = (x_train - mean) / std
x_val = (x_val - mean) / std


class KindRecall(keras.metrics.Metric):
    """Share of the nuts of one kind that the sorter finds."""

    def __init__(self, kind, name=None, **kwargs):
        super().__init__(name=name or f"recall_{KINDS[kind]}", **kwargs)
        self.kind = kind
        self.found = self.add_weight(shape=(), initializer="zeros", name="found")
        self.present = self.add_weight(shape=(), initializer="zeros", name="present")

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth = ops.equal(ops.cast(ops.reshape(y_true, (-1,)), "int32"), self.kind)
        guess = ops.equal(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), self.kind)
        hit = ops.logical_and(truth, guess)
        self.found.assign_add(ops.sum(ops.cast(hit, "float32")))
        self.present.assign_add(ops.sum(ops.cast(truth, "float32")))

    def result(self):
        return self.found / self.present  # whynan: side_nonfinite


def sorter():
    inp = keras.Input((BANDS,))
    h = keras.layers.Dense(48, activation="relu")(inp)
    h = keras.layers.Dropout(0.2)(h)
    h = keras.layers.Dense(24, activation="relu")(h)
    out = keras.layers.Dense(len(KINDS), activation="softmax")(h)
    return keras.Model(inp, out)


model = sorter()
model.compile(
    optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"] + [KindRecall(k) for k in range(1, 5)],
)
history = model.fit(
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=64,
    epochs=12,
    callbacks=[
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2, factor=0.5),
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=5,
                                      restore_best_weights=True),
    ],
    verbose=2,
)

print("best epoch:", int(np.argmin(history.history["val_loss"])) + 1)
for name, values in history.history.items():
    if name.startswith("val_recall"):
        print(name, [round(float(v), 3) for v in values])
