"""Linear recurrent unit (Orvieto et al.) on a long sensor series."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
SEQ_LEN, STATE, CLASSES = 600, 24, 3


class RingInit(keras.initializers.Initializer):
    """nu such that the modulus of the eigenvalue is between r_min and r_max"""

    def __init__(self, r_min=0.4, r_max=0.9):
        self.r_min, self.r_max = r_min, r_max

    def __call__(self, shape, dtype=None):
        u = np.random.default_rng(0).uniform(self.r_min, self.r_max, size=shape)
        return tf.constant(np.log(-np.log(u)), dtype or "float32")


class LRU(keras.layers.Layer):
    def __init__(self, state, **kw):
        super().__init__(**kw)
        self.state = state

    def build(self, shape):
        self.nu = self.add_weight(name="nu", shape=(self.state,), initializer=RingInit())
        self.B = self.add_weight(name="B", shape=(shape[-1], self.state), initializer="glorot_normal")
        self.gamma = self.add_weight(name="gamma", shape=(self.state,), initializer="ones")

    def log_modulus(self):
        # lambda = exp(exp(nu)), always positive
        return tf.exp(self.nu)

    def kernel(self, length):
        t = tf.range(length - 1, -1, -1, dtype=tf.float32)
        decay = self.log_modulus()[:, None] * t[None, :]
        return tf.exp(decay)  # whynan: exp_overflow phase=forward also=bad_initialization,exploding_gradient

    def call(self, u):
        k = self.kernel(SEQ_LEN)
        drive = (u @ self.B) * self.gamma
        return tf.einsum("bls,sl->bs", drive, k)


def make_series(n):
    rng = np.random.default_rng(1)
    y = rng.integers(0, CLASSES, n)
    t = np.arange(SEQ_LEN)
    base = np.stack([np.sin(t * (0.02 + 0.03 * c)) for c in y])
    x = base + 0.2 * rng.normal(size=base.shape)
    return x[..., None].astype("float32"), y


x, y = make_series(192)
model = keras.Sequential([
    keras.Input((SEQ_LEN, 1)),
    keras.layers.Dense(8, activation="tanh"),
    LRU(STATE),
    keras.layers.Dense(CLASSES, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.AdamW(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=3, verbose=2)
