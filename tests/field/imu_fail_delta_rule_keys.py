"""Hand gestures from a wrist-worn motion sensor, fast-weight memory instead of an LSTM.

Windows of 8 samples train well. With the real windows of 128 samples (2.5 s at 50 Hz) the loss is nan right away. There
are layer normalisations before and after the memory, the writing strength goes through a sigmoid and the inputs are
standardised, so I don't see what could get large here.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(90)

STEPS, CHANNELS, GESTURES = 128, 9, 6


def record_gestures(n, seed=1):
    rng = np.random.default_rng(seed)
    time = np.arange(STEPS) / 50.0
    label = rng.integers(0, GESTURES, n)
    base = np.linspace(0.6, 2.8, GESTURES)[label]
    windows = np.empty((n, STEPS, CHANNELS), "float32")
    for c in range(CHANNELS):
        phase = rng.uniform(0, 2 * np.pi, (n, 1))
        strength = rng.normal(1.0, 0.25, (n, 1)) * (1 + 0.3 * np.sin(label + c))[:, None]
        windows[:, :, c] = strength * np.sin(2 * np.pi * base[:, None] * time + phase)
    windows += rng.normal(0, 0.1, windows.shape)
    windows = (windows - windows.mean((0, 1))) / windows.std((0, 1))
    return windows.astype("float32"), label.astype("int32")


class DeltaMemory(keras.layers.Layer):
    """Associative memory that is corrected at every step by what it predicted wrongly."""

    def __init__(self, key_dim=32, value_dim=32, **kwargs):
        super().__init__(**kwargs)
        self.key_dim, self.value_dim = key_dim, value_dim
        self.to_query = keras.layers.Dense(key_dim, use_bias=False)
        self.to_key = keras.layers.Dense(key_dim, use_bias=False)
        self.to_value = keras.layers.Dense(value_dim, use_bias=False)
        self.to_strength = keras.layers.Dense(1, activation="sigmoid")

    def write(self, memory, step):
        key, value, strength = step
        return memory + tf.einsum("bk,bv->bkv", strength * key, value - tf.einsum("bk,bkv->bv", key, memory))  # whynan: exploding_gradient phase=forward also=bad_initialization,recurrence_unstable

    def call(self, x):
        steps = [tf.transpose(f(x), [1, 0, 2]) for f in (self.to_key, self.to_value, self.to_strength)]
        empty = tf.zeros([tf.shape(x)[0], self.key_dim, self.value_dim])
        memories = tf.scan(self.write, tuple(steps), initializer=empty)
        return tf.einsum("tbkv,btk->btv", memories, self.to_query(x))


def build():
    window = keras.Input((STEPS, CHANNELS))
    x = keras.layers.Dense(64)(window)
    x = keras.layers.LayerNormalization()(x)
    x = DeltaMemory()(x)
    x = keras.layers.LayerNormalization()(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(window, keras.layers.Dense(GESTURES)(x))


model = build()
optimizer = keras.optimizers.AdamW(3e-4, weight_decay=0.01)
criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(windows, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(windows, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


windows, labels = record_gestures(256)
data = tf.data.Dataset.from_tensor_slices((windows, labels)).shuffle(256, seed=2).batch(16)

for epoch in range(2):
    losses = [float(train_step(w, l)) for w, l in data]
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
