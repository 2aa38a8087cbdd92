"""Small transformer classifier, NaN right after the first step when I train on the small subset (full set is fine)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(11)
VOCAB, MAXLEN, DIM = 500, 24, 32
BATCH, EPOCHS = 32, 3


class WarmupInverseSqrt(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, warmup_steps):
        self.peak = peak
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        warm = self.peak * step / self.warmup_steps  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        decay = self.peak * tf.math.rsqrt(tf.maximum(step - self.warmup_steps, 1.0))
        return tf.where(step <= self.warmup_steps, warm, decay)

    def get_config(self):
        return {"peak": self.peak, "warmup_steps": self.warmup_steps}


def encoder_block(x, heads=2):
    att = layers.MultiHeadAttention(num_heads=heads, key_dim=DIM // heads)(x, x)
    x = layers.LayerNormalization(epsilon=1e-6)(x + att)
    ff = layers.Dense(DIM)(layers.Dense(64, activation="gelu")(x))
    return layers.LayerNormalization(epsilon=1e-6)(x + ff)


def build_model():
    tokens = keras.Input((MAXLEN,), dtype="int32")
    x = layers.Embedding(VOCAB, DIM)(tokens)
    x = encoder_block(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(2)(x))


rng = np.random.default_rng(0)
x_train = rng.integers(1, VOCAB, size=(240, MAXLEN))
y_train = (np.sum(x_train < 60, axis=1) > 2).astype("int32")

steps_per_epoch = len(x_train) // BATCH
warmup_steps = int(0.1 * steps_per_epoch)  # 10% of the first epoch

model = build_model()
model.compile(
    optimizer=keras.optimizers.Adam(WarmupInverseSqrt(1e-3, warmup_steps)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, verbose=2)
