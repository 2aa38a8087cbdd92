"""Capsule network that reads single digits from scanned paper forms.

Training looks perfectly fine for some batches of the first epoch, then the loss is nan and every prediction is class 0.
On the public digits alone the same network trains without any trouble, with our own scans it never does.
The squash function already has its epsilon.
"""
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(11)

CONFIG = dict(n_train=640, n_class=10, caps_dim=4, digit_dim=8, routings=3, m_plus=0.9, m_minus=0.1, down_weight=0.5)


def squash(s, axis=-1, eps=1e-7):
    sq = tf.reduce_sum(tf.square(s), axis=axis, keepdims=True)
    return sq / (1.0 + sq) * s / tf.sqrt(sq + eps)


class PrimaryCaps(layers.Layer):
    """A convolution whose channels are grouped into short vectors."""

    def __init__(self, n_types, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim
        self.conv = layers.Conv2D(n_types * dim, 3, strides=2, use_bias=False)

    def build(self, input_shape):
        self.conv.build(input_shape)

    def call(self, x):
        y = self.conv(x)
        n_caps = y.shape[1] * y.shape[2] * y.shape[3] // self.dim
        return squash(tf.reshape(y, (-1, n_caps, self.dim)))


class DigitCaps(layers.Layer):
    """Dynamic routing by agreement."""

    def __init__(self, n_caps, dim, routings, **kwargs):
        super().__init__(**kwargs)
        self.n_caps, self.dim, self.routings = n_caps, dim, routings

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[1], self.n_caps, self.dim, input_shape[2]),
            initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="transform",
        )

    def call(self, u):
        votes = tf.einsum("bik,ijdk->bijd", u, tf.convert_to_tensor(self.w))
        agreement = tf.zeros_like(votes[..., 0])
        for r in range(self.routings):
            coupling = tf.nn.softmax(agreement, axis=2)
            v = squash(tf.einsum("bij,bijd->bjd", coupling, votes))
            if r < self.routings - 1:
                agreement += tf.einsum("bijd,bjd->bij", votes, v)
        return v


class Length(layers.Layer):
    """The length of a capsule is the probability that its digit is there."""

    def call(self, v):
        return tf.sqrt(tf.reduce_sum(tf.square(v), axis=-1))  # whynan: sqrt_grad_at_zero phase=gradient rows=57,213,402 also=norm_grad_at_zero


def margin_loss(y_true, length):
    present = tf.square(tf.maximum(0.0, CONFIG["m_plus"] - length))
    absent = tf.square(tf.maximum(0.0, length - CONFIG["m_minus"]))
    return tf.reduce_sum(y_true * present + CONFIG["down_weight"] * (1.0 - y_true) * absent, axis=-1)


def read_forms():
    digits = load_digits()
    x = (digits.images / 16.0).astype("float32")[: CONFIG["n_train"], ..., None]
    y = digits.target[: CONFIG["n_train"]].copy()
    # cells that nobody filled in are keyed as a zero by the office
    for cell in (57, 213, 402):
        x[cell] = 0.0
        y[cell] = 0
    return x, keras.utils.to_categorical(y, CONFIG["n_class"])


def build():
    image = keras.Input((8, 8, 1))
    h = layers.Conv2D(16, 3, activation="relu", use_bias=False)(image)
    u = PrimaryCaps(8, CONFIG["caps_dim"])(h)
    v = DigitCaps(CONFIG["n_class"], CONFIG["digit_dim"], CONFIG["routings"])(u)
    return keras.Model(image, Length()(v))


if __name__ == "__main__":
    x_train, y_train = read_forms()
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=margin_loss, metrics=["categorical_accuracy"])
    model.fit(x_train, y_train, batch_size=32, epochs=3, verbose=2)
