"""Multi-label chest films (14 findings), weighted cross-entropy as in the course assignment.

The assignment's unweighted version with loss="binary_crossentropy" runs. With my weighted loss
the log shows inf or nan from the first batches although I clip the probabilities on both sides.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)

FINDINGS = ["atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia",
            "pneumothorax", "consolidation", "edema", "emphysema", "fibrosis", "thickening", "hernia"]


def fake_films(n=280, size=32, seed=17):
    """8-bit films: bright ribs over a grey field, each finding brightens its own patch."""
    rng = np.random.default_rng(seed)
    films = rng.normal(105, 22, (n, size, size))
    films[:, ::6, :] += 35
    prevalence = rng.uniform(0.08, 0.35, len(FINDINGS))
    labels = (rng.random((n, len(FINDINGS))) < prevalence).astype("float32")
    corners = rng.integers(2, size - 8, (len(FINDINGS), 2))
    for k, (r, c) in enumerate(corners):
        films[:, r:r + 6, c:c + 6] += 40 * labels[:, k, None, None]
    return np.clip(films, 0, 255).astype("uint8")[..., None], labels


class FilmSequence(keras.utils.PyDataset):
    def __init__(self, films, labels, batch_size=16, **kwargs):
        super().__init__(**kwargs)
        self.films, self.labels, self.batch_size = films, labels, batch_size

    def __len__(self):
        return int(np.ceil(len(self.films) / self.batch_size))

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.films[part].astype("float32"), self.labels[part]


def get_weighted_loss(pos_weights, neg_weights):
    pos_weights = tf.constant(pos_weights, tf.float32)
    neg_weights = tf.constant(neg_weights, tf.float32)

    def weighted_loss(y_true, y_pred):
        p = tf.clip_by_value(y_pred, 1e-8, 1.0 - 1e-8)
        present = pos_weights * y_true * tf.math.log(p)
        absent = neg_weights * (1.0 - y_true) * tf.math.log(1.0 - p)  # whynan: clip_misuse phase=forward|loss also=log_of_zero,unscaled_input
        return -tf.reduce_mean(present + absent, axis=-1)

    return weighted_loss


class FilmNet(keras.Model):
    def __init__(self, n_labels):
        super().__init__()
        self.conv1 = keras.layers.Conv2D(8, 3, padding="same", activation="relu")
        self.pool = keras.layers.MaxPooling2D(2)
        self.flat = keras.layers.Flatten()
        self.dense = keras.layers.Dense(64, activation="relu")
        self.out = keras.layers.Dense(n_labels, activation="sigmoid")

    def call(self, films):
        return self.out(self.dense(self.flat(self.pool(self.conv1(films)))))


films, labels = fake_films()
freq_pos = labels.mean(axis=0)
print(dict(zip(FINDINGS, freq_pos.round(2).tolist())))

net = FilmNet(len(FINDINGS))
net.compile(keras.optimizers.Adam(1e-3), loss=get_weighted_loss(1.0 - freq_pos, freq_pos))
net.fit(FilmSequence(films, labels), epochs=3, verbose=2)
