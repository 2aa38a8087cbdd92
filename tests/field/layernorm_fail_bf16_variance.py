# Cold-room monitoring. Own per-window normalisation (we need the fused two-moment form for the edge
# device). float32: fine. mixed_bfloat16: nan, although bfloat16 has the same range as float32?!
import numpy as np
import keras
import tensorflow as tf

keras.utils.set_random_seed(3)
keras.mixed_precision.set_dtype_policy("mixed_bfloat16")

WINDOW = 48


def rooms(n=512):
    rng = np.random.default_rng(3)
    level = 21 + rng.normal(0, 0.3, (n, 1))
    temp = level + rng.normal(0, 0.2, (n, WINDOW))
    fault = rng.random(n) < 0.3
    temp[fault] += 0.4 * np.sin(np.arange(WINDOW) / 2.0)
    return temp.astype("float32"), fault.astype("float32")[:, None]


def moments(x):
    first = tf.reduce_mean(x, axis=-1, keepdims=True)
    second = tf.reduce_mean(x * x, axis=-1, keepdims=True)
    return first, second - first * first


class WindowNorm(keras.layers.Layer):
    def __init__(self, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, shape):
        self.gain = self.add_weight(shape=(shape[-1],), initializer="ones", name="gain")
        self.shift = self.add_weight(shape=(shape[-1],), initializer="zeros", name="shift")

    def call(self, x):
        mean, var = moments(x)
        std = tf.sqrt(var + self.epsilon)  # whynan: catastrophic_cancellation phase=forward also=sqrt_of_negative
        return (x - mean) / std * self.gain + self.shift


class FaultDetector(keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = WindowNorm()
        self.hidden = keras.layers.Dense(32, activation="swish")
        self.logit = keras.layers.Dense(1, dtype="float32")

    def call(self, x):
        return self.logit(self.hidden(self.norm(x)))


x, y = rooms()
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(512, seed=3).batch(64)
detector = FaultDetector()
detector.compile(keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
detector.fit(ds, epochs=3, verbose=2)
