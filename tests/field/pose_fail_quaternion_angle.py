# Camera pose regression: geodesic distance between unit quaternions. I clip before acos, so it can't be the domain.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

n = 160
q_gt = rng.normal(size=(n, 4))
q_gt[0] = [1.0, 0.0, 0.0, 0.0]  # first frame defines the world frame
q_gt = (q_gt / np.linalg.norm(q_gt, axis=1, keepdims=True)).astype("float32")
features = rng.normal(size=(n, 20)).astype("float32")  # frozen CNN descriptors


def identity_quaternion(shape, dtype=None):
    return tf.constant([1.0, 0.0, 0.0, 0.0], dtype=dtype or "float32")


class UnitQuaternion(keras.layers.Layer):
    def call(self, q):
        return q / tf.norm(q, axis=-1, keepdims=True)


def geodesic(y_true, y_pred):
    cos_half = tf.abs(tf.reduce_sum(y_true * y_pred, axis=-1))
    cos_half = tf.clip_by_value(cos_half, -1.0, 1.0)
    return 2.0 * tf.acos(cos_half)  # whynan: acos_grad_at_one phase=gradient rows=0 also=clip_misuse,acos_domain


posenet = keras.Sequential(
    [
        keras.Input((20,)),
        keras.layers.Dense(32, activation="relu"),
        # zero kernel + identity bias: the network starts with "no rotation"
        keras.layers.Dense(4, kernel_initializer="zeros", bias_initializer=identity_quaternion),
        UnitQuaternion(),
    ]
)
posenet.compile(optimizer=keras.optimizers.Adam(1e-3), loss=geodesic)
# sequence order matters for my callbacks -> no shuffling
posenet.fit(features, q_gt, batch_size=32, epochs=3, shuffle=False, verbose=2)
