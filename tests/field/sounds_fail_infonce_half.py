"""Sound clips and their captions in one embedding space, two towers, trained in mixed precision.

The contrastive loss falls from about 6 to about 3, retrieval gets better every epoch, and then it is inf and nan from
one step to the next. In float32 the same script runs through. The rate is small and gradients are clipped.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(46)
keras.config.set_dtype_policy("mixed_float16")

TEMPERATURE = 0.07
BATCH = 64


def paired_features(n=1024, seed=46):
    rng = np.random.default_rng(seed)
    meaning = rng.normal(size=(n, 8))
    audio = np.tanh(meaning @ rng.normal(0, 0.5, (8, 40))) + rng.normal(0, 0.05, (n, 40))
    text = np.tanh(meaning @ rng.normal(0, 0.5, (8, 32))) + rng.normal(0, 0.05, (n, 32))
    return audio.astype("float32"), text.astype("float32")


def tower(n_inputs, name):
    inputs = keras.Input((n_inputs,))
    h = keras.layers.Dense(96, activation="tanh")(inputs)
    return keras.Model(inputs, keras.layers.Dense(64)(h), name=name)


def contrastive(audio_embedding, text_embedding):
    """Symmetric InfoNCE over the batch, matching pairs are on the diagonal."""
    a = tf.math.l2_normalize(audio_embedding, axis=-1)
    t = tf.math.l2_normalize(text_embedding, axis=-1)
    similarity = tf.matmul(a, t, transpose_b=True) / TEMPERATURE
    matching = tf.linalg.diag_part(similarity)
    losses = []
    for axis in (0, 1):
        everything = tf.math.log(tf.reduce_sum(tf.exp(similarity), axis=axis))  # whynan: float16_overflow phase=loss|forward also=exp_overflow
        losses.append(tf.reduce_mean(everything - matching))
    return tf.cast(losses[0] + losses[1], tf.float32) / 2.0


audio, text = paired_features()
audio_tower, text_tower = tower(audio.shape[1], "audio"), tower(text.shape[1], "text")
weights = audio_tower.trainable_variables + text_tower.trainable_variables
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(weights)


@tf.function
def train_step(a, t):
    with tf.GradientTape() as tape:
        loss = contrastive(audio_tower(a, training=True), text_tower(t, training=True))
    gradients = tape.gradient(loss, weights)
    gradients, norm = tf.clip_by_global_norm(gradients, 1.0)
    optimizer.apply_gradients(zip(gradients, weights))
    return loss, norm


def recall_at_one(n=256):
    a = tf.math.l2_normalize(tf.cast(audio_tower(audio[:n]), tf.float32), axis=-1).numpy()
    t = tf.math.l2_normalize(tf.cast(text_tower(text[:n]), tf.float32), axis=-1).numpy()
    return float(((a @ t.T).argmax(axis=1) == np.arange(n)).mean())


rng = np.random.default_rng(0)
for epoch in range(25):
    order = rng.permutation(len(audio))
    running = []
    for i in range(0, len(order), BATCH):
        rows = order[i:i + BATCH]
        loss, norm = train_step(tf.constant(audio[rows]), tf.constant(text[rows]))
        running.append(float(loss))
    print(f"epoch {epoch:2d} loss {np.mean(running):.3f} last norm {float(norm):.3f} recall@1 {recall_at_one():.3f}")
