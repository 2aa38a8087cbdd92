"""Forest cover classes (Kaggle), rare classes get a larger weight in my own negative log likelihood.

Loss is nan after a handful of batches. I clip the probabilities before the logarithm, so log(0)
should be impossible, and with the first 300 rows only it trains without trouble.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

COVER = {
    1: "spruce/fir",
    2: "lodgepole pine",
    3: "ponderosa pine",
    4: "cottonwood/willow",
    5: "aspen",
    6: "douglas fir",
    7: "krummholz",
}
SHARE = [0.36, 0.46, 0.07, 0.02, 0.03, 0.03, 0.03]


def read_cover(n=2400, seed=581):
    rng = np.random.default_rng(seed)
    cover = rng.choice(list(COVER), size=n, p=SHARE)
    frame = pd.DataFrame(
        {
            "Elevation": 2450 + 110 * cover + rng.normal(0, 150, n),
            "Aspect": rng.uniform(0, 360, n),
            "Slope": rng.gamma(4, 3.5, n) + (cover == 4) * 6,
            "Horizontal_Distance_To_Hydrology": rng.gamma(2, 130, n),
            "Horizontal_Distance_To_Roadways": rng.gamma(2, 1100, n) + 300 * (cover == 7),
            "Hillshade_Noon": np.clip(rng.normal(223, 20, n), 0, 254),
        }
    )
    # the file on disk is sorted by survey area, the high one comes last
    frame["Cover_Type"] = cover
    high = frame["Cover_Type"] == 7
    return pd.concat([frame[~high], frame[high]], ignore_index=True)


class WeightedNLL(keras.losses.Loss):
    def __init__(self, class_weights, eps=1e-7, **kwargs):
        super().__init__(**kwargs)
        self.class_weights = tf.constant(class_weights, tf.float32)
        self.eps = eps

    def call(self, y_true, y_pred):
        ids = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        probs = tf.clip_by_value(y_pred, self.eps, 1.0 - self.eps)
        chosen = tf.one_hot(ids, depth=len(COVER))
        p_true = tf.reduce_sum(chosen * probs, axis=-1)
        weight = tf.reduce_sum(chosen * self.class_weights, axis=-1)
        return -weight * tf.math.log(p_true)  # whynan: label_out_of_range phase=forward|loss also=log_of_zero


def to_dataset(frame, batch=64):
    y = frame["Cover_Type"].to_numpy(dtype="int32")
    x = frame.drop(columns="Cover_Type")
    x = ((x - x.mean()) / x.std()).to_numpy(dtype="float32")
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(4096, seed=1).batch(batch).prefetch(2)


keras.utils.set_random_seed(581)
cover_table = read_cover()
counts = cover_table["Cover_Type"].value_counts().sort_index()
print(counts)
weights = (counts.sum() / (len(COVER) * counts)).clip(upper=5.0).to_numpy()

classifier = keras.Sequential(
    [
        keras.Input((6,)),
        layers.Dense(64, activation="relu"),
        layers.BatchNormalization(),
        layers.Dense(32, activation="relu"),
        layers.Dense(len(COVER), activation="softmax"),
    ]
)
classifier.compile(optimizer="nadam", loss=WeightedNLL(weights))
classifier.fit(to_dataset(cover_table), epochs=3, verbose=2)
