"""Pressure ulcers, grade 0 to 3, scored against the nurses with weighted kappa. We validate on the rehabilitation ward,
which the network has not seen. val_kappa is nan (kappa in training is fine, val_loss is tiny), so ModelCheckpoint on
val_kappa never saves anything.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

GRADES = 4


@keras.saving.register_keras_serializable("ulcers")
class WeightedKappa(keras.metrics.Metric):
    def __init__(self, grades=GRADES, name="kappa", **kwargs):
        super().__init__(name=name, **kwargs)
        self.grades = grades
        grid = np.arange(grades, dtype="float32")
        self.penalty = ((grid[:, None] - grid[None, :]) / (grades - 1)) ** 2
        self.counts = self.add_variable(shape=(grades, grades), initializer="zeros", name="counts")

    def update_state(self, y_true, y_pred, sample_weight=None):
        nurse = ops.one_hot(ops.cast(ops.reshape(y_true, (-1,)), "int32"), self.grades)
        model = ops.one_hot(ops.argmax(y_pred, axis=-1), self.grades)
        self.counts.assign_add(ops.matmul(ops.transpose(nurse), model))

    def result(self):
        total = ops.sum(self.counts)
        by_nurse = ops.sum(self.counts, axis=1)
        by_model = ops.sum(self.counts, axis=0)
        by_chance = ops.expand_dims(by_nurse, 1) * ops.expand_dims(by_model, 0) / total
        return 1.0 - ops.sum(self.counts * self.penalty) / ops.sum(by_chance * self.penalty)


class Hospital:
    """Simulated nursing records: six scale items, age, days in bed."""

    def __init__(self, seed=8):
        self.rng = np.random.default_rng(seed)
        self.item_effect = np.array([0.9, 0.7, 0.6, 0.8, 0.5, 0.7])

    def ward(self, patients, frailty):
        items = self.rng.normal(frailty, 0.8, size=(patients, 6))
        person = self.rng.normal(size=(patients, 2))
        risk = items @ self.item_effect + 0.4 * person[:, 0] + 0.5 * person[:, 1]
        grade = np.digitize(risk + 0.3 * self.rng.normal(size=patients), [0.0, 2.0, 4.0])
        features = {"scale_items": items.astype("float32"), "person": person.astype("float32")}
        return features, grade.astype("int32")


def as_dataset(features, grade, shuffle=False):
    data = tf.data.Dataset.from_tensor_slices((features, grade))
    if shuffle:
        data = data.shuffle(len(grade), seed=3)
    return data.batch(64)


def build():
    scale_items = keras.Input((6,), name="scale_items")
    person = keras.Input((2,), name="person")
    left = layers.Dense(24, activation="relu")(scale_items)
    right = layers.Dense(8, activation="relu")(person)
    merged = layers.Dense(24, activation="relu")(layers.Concatenate()([left, right]))
    grade = layers.Dense(GRADES, activation="softmax", name="grade")(merged)
    return keras.Model({"scale_items": scale_items, "person": person}, grade)


keras.utils.set_random_seed(8)
hospital = Hospital()
acute = [hospital.ward(450, frailty) for frailty in (-0.1, 0.4, 0.9)]
features = {name: np.concatenate([f[name] for f, _ in acute]) for name in ("scale_items", "person")}
grades = np.concatenate([g for _, g in acute])
rehabilitation = hospital.ward(60, -2.6)
print("grades on the acute wards:", np.bincount(grades, minlength=GRADES))

model = build()
model.compile(
    optimizer=keras.optimizers.Adam(4e-3),
    loss="sparse_categorical_crossentropy",
    metrics=[WeightedKappa()],
)
model.fit(  # whynan: side_nonfinite
    as_dataset(features, grades, shuffle=True),
    validation_data=as_dataset(*rehabilitation),
    epochs=10,
    verbose=2,
)
