import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(33)

VOCAB, SEQ, K = 200, 12, 5
EPS = 0.1


def smooth_labels(tokens, label):
    onehot = tf.one_hot(label, K)
    # Szegedy et al., label smoothing
    return tokens, onehot * (1.0 + EPS) - EPS / K


def kl_loss(target, pred):
    pred = ops.clip(pred, 1e-7, 1.0)
    return ops.sum(
        target
        * ops.log(target / pred),  # whynan: label_not_in_unit_interval phase=loss also=log_of_negative,label_out_of_range
        axis=-1,
    )


rng = np.random.default_rng(33)
labels = rng.integers(0, K, 320)
tokens = rng.integers(0, VOCAB // 2, (320, SEQ)) + labels[:, None] * (VOCAB // 10)
ds = (
    tf.data.Dataset.from_tensor_slices((tokens.astype("int32"), labels.astype("int32")))
    .map(smooth_labels)
    .batch(32)
)

ids = keras.Input((SEQ,), dtype="int32")
e = layers.Embedding(VOCAB, 16)(ids)
a = layers.MultiHeadAttention(num_heads=2, key_dim=8)(e, e)
e = layers.LayerNormalization()(e + a)
pooled = layers.GlobalAveragePooling1D()(e)
model = keras.Model(ids, layers.Dense(K, activation="softmax")(pooled))
model.compile(optimizer="adamw", loss=kl_loss)
model.fit(ds, epochs=2, verbose=2)
