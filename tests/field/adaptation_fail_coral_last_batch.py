"""Deep CORAL: one shared encoder for source and target domain, penalty as a second output."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(23)
N, F = 257, 14


def covariance(features):
    n = tf.cast(tf.shape(features)[0], features.dtype)
    centred = features - tf.reduce_mean(features, axis=0, keepdims=True)
    scatter = tf.matmul(centred, centred, transpose_a=True)
    return scatter / (n - 1.0)  # whynan: single_element_variance phase=forward|loss also=divide_by_zero


class CoralPenalty(layers.Layer):
    """Squared Frobenius distance of the covariance matrices, repeated for every row."""

    def call(self, source, target):
        gap = covariance(source) - covariance(target)
        d = tf.cast(tf.shape(source)[-1], source.dtype)
        penalty = tf.reduce_sum(tf.square(gap)) / (4.0 * d * d)
        return penalty * tf.ones_like(source[:, :1])


def build_model():
    shared = keras.Sequential([layers.Dense(32, activation="tanh"), layers.Dense(8)], name="encoder")
    source = keras.Input((F,), name="amazon")
    target = keras.Input((F,), name="webcam")
    zs, zt = shared(source), shared(target)
    label = layers.Dense(1, activation="sigmoid", name="label")(zs)
    coral = CoralPenalty(name="coral")(zs, zt)
    return keras.Model({"amazon": source, "webcam": target}, {"label": label, "coral": coral})


def identity_loss(y_true, y_pred):
    return tf.reduce_mean(y_pred, axis=-1)


rng = np.random.default_rng(23)
w = rng.normal(size=F)
amazon = rng.normal(size=(N, F)).astype("float32")
webcam = (rng.normal(size=(N, F)) * 1.7 + 0.5).astype("float32")
labels = (amazon @ w > 0).astype("float32")[:, None]

model = build_model()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss={"label": "binary_crossentropy", "coral": identity_loss},
    loss_weights={"label": 1.0, "coral": 0.5},
)
model.fit({"amazon": amazon, "webcam": webcam},
          {"label": labels, "coral": np.zeros((N, 1), "float32")},
          batch_size=32, epochs=4, verbose=2)
