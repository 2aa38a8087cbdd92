"""Phone-in-pocket activity recognition, six activities as numbered in the study's label file.

The sampler puts the same number of windows of every activity into every batch, and the loss is averaged per activity
first so that a rare one would count as much as walking. Loss is nan from the very first batch. I already put a
BatchNormalization in front because the accelerometer columns are raw milli-g.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)

ACTIVITIES = {
    1: "walking",
    2: "upstairs",
    3: "downstairs",
    4: "sitting",
    5: "standing",
    6: "lying",
}


def simulate_study(subjects=12, windows=20):
    rng = np.random.default_rng(3)
    posture = {
        1: (15, 980, 110), 2: (40, 970, 140), 3: (-35, 985, 150),
        4: (420, 860, 90), 5: (20, 1000, 60), 6: (930, 150, 200),
    }
    shake = {1: 260.0, 2: 220.0, 3: 330.0, 4: 18.0, 5: 12.0, 6: 9.0}
    features, labels = [], []
    for subject in range(subjects):
        offset = rng.normal(0.0, 35.0, size=3)
        for activity in ACTIVITIES:
            for _ in range(windows):
                mean = np.array(posture[activity]) + offset + rng.normal(0, 20, 3)
                spread = shake[activity] * rng.gamma(9.0, 1 / 9.0, size=3)
                energy = mean**2 + spread**2
                features.append(np.concatenate([mean, spread, energy]))
                labels.append(activity)
    return np.array(features, "float32"), np.array(labels, "int32")


class EveryActivityEqually(keras.utils.PyDataset):
    """Each batch holds `per_activity` windows of each activity found in the label file."""

    def __init__(self, x, y, per_activity=6, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y, self.per_activity = x, y, per_activity
        self.rng = np.random.default_rng(8)
        self.rows = {a: self.rng.permutation(np.flatnonzero(y == a)) for a in np.unique(y)}

    def __len__(self):
        return min(len(r) for r in self.rows.values()) // self.per_activity

    def __getitem__(self, index):
        part = slice(index * self.per_activity, (index + 1) * self.per_activity)
        picked = np.concatenate([rows[part] for rows in self.rows.values()])
        return self.x[picked], self.y[picked]

    def on_epoch_end(self):
        self.rows = {a: self.rng.permutation(r) for a, r in self.rows.items()}


def activity_balanced_loss(y_true, logits):
    ids = tf.reshape(tf.cast(y_true, tf.int32), [-1])
    chosen = tf.one_hot(ids, len(ACTIVITIES))
    nll = -tf.reduce_sum(chosen * tf.nn.log_softmax(logits), axis=-1, keepdims=True)
    per_activity = tf.reduce_sum(chosen * nll, axis=0) / tf.reduce_sum(chosen, axis=0)  # whynan: label_out_of_range phase=loss also=divide_by_zero,empty_reduction
    return tf.reduce_mean(per_activity)


def build():
    window = keras.Input((9,), name="window")
    z = keras.layers.BatchNormalization()(window)
    z = keras.layers.Dense(48, activation="relu")(z)
    z = keras.layers.Dropout(0.2)(z)
    z = keras.layers.Dense(24, activation="relu")(z)
    return keras.Model(window, keras.layers.Dense(len(ACTIVITIES))(z))


x, y = simulate_study()
train = EveryActivityEqually(x, y)
counts = {ACTIVITIES[a]: int((y == a).sum()) for a in ACTIVITIES}
print("windows per activity:", counts)

model = build()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=activity_balanced_loss)
model.fit(train, epochs=3, verbose=2)
