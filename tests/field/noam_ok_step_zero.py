# Transformer tutorial schedule. rsqrt(0) is inf in step 0, a colleague says that this is my bug.
# whynan: healthy
# (min(inf, 0) is 0: the first step has rate 0)
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(51)


class NoamSchedule(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=400):
        self.d_model = float(d_model)
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        decay = tf.math.rsqrt(step)
        ramp = step * (self.warmup_steps ** -1.5)
        return tf.math.rsqrt(self.d_model) * tf.math.minimum(decay, ramp)

    def get_config(self):
        return {"d_model": self.d_model, "warmup_steps": self.warmup_steps}


def tickets(n=960, length=16, vocab=200):
    rng = np.random.default_rng(51)
    queue = rng.integers(0, 4, n)
    words = rng.integers(1, vocab, (n, length))
    own = rng.random((n, length)) < 0.3
    words[own] = (10 * queue[:, None] + rng.integers(1, 10, (n, length)))[own]
    return words.astype("int32"), queue.astype("int32")


def classifier(d_model=64):
    ids = keras.Input((16,), dtype="int32")
    x = layers.Embedding(200, d_model)(ids)
    a = layers.MultiHeadAttention(2, 16)(x, x)
    x = layers.LayerNormalization()(x + a)
    x = layers.LayerNormalization()(x + layers.Dense(d_model)(layers.Dense(96, activation="relu")(x)))
    return keras.Model(ids, layers.Dense(4)(layers.GlobalAveragePooling1D()(x)))


x, y = tickets()
model = classifier()
adam = keras.optimizers.Adam(NoamSchedule(64), beta_1=0.9, beta_2=0.98, epsilon=1e-9)
model.compile(adam, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
