"""Bounding OHEM: only the examples with a loss above the threshold count."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)
label = rng.integers(0, 3, 240)
blob = (np.array([[4, 0], [-4, 0], [0, 5]])[label] + rng.normal(0, 0.5, (240, 2))).astype("float32")


class OHEM(keras.losses.Loss):
    def __init__(self, threshold=0.35):
        super().__init__(name="ohem")
        self.threshold = threshold

    def call(self, y_true, logits):
        y_true = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(y_true, logits)
        hard = tf.cast(ce > self.threshold, tf.float32)
        return tf.reduce_sum(hard * ce) / tf.reduce_sum(hard)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,empty_reduction


clf = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3)])
clf.compile(keras.optimizers.Adam(0.01), loss=OHEM(), metrics=["accuracy"])
for epoch in range(8):
    logs = clf.fit(blob, label, batch_size=60, verbose=0).history
    print(epoch, {k: round(v[0], 4) for k, v in logs.items()})
