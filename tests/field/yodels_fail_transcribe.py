"""Transcribe yodels: spectral frames -> six notes, with soft monotonic attention.

Attention follows Raffel et al. 2017 ("Online and linear-time attention by enforcing
monotonic alignments"), the expected alignment computed in parallel over the frames.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1823)

FRAMES, BANDS, NOTES, SCALE = 480, 16, 6, 8
BATCH = 16


def yodel_corpus(count, rng):
    frames = np.zeros((count, FRAMES, BANDS), "float32")
    tunes = rng.integers(0, SCALE, (count, NOTES))
    for i in range(count):
        cuts = np.sort(rng.choice(np.arange(40, FRAMES - 40), NOTES - 1, replace=False))
        for note, part in zip(tunes[i], np.split(np.arange(FRAMES), cuts)):
            frames[i, part, note] += 1.0
            frames[i, part, note + SCALE] += 0.5      # overtone
    frames += rng.normal(0, 0.2, frames.shape)
    return frames, tunes.astype("int32")


class MonotonicAttention(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.w_memory = layers.Dense(units, use_bias=False)
        self.w_query = layers.Dense(units)
        self.energy = layers.Dense(1)

    def call(self, query, memory, previous):
        hidden = tf.tanh(self.w_memory(memory) + self.w_query(query)[:, None, :])
        stop = tf.sigmoid(self.energy(hidden)[..., 0])
        passed = tf.math.cumprod(1.0 - stop, axis=1, exclusive=True)
        arrive = tf.cumsum(previous / passed, axis=1)  # whynan: divide_by_zero phase=forward also=exp_underflow
        align = stop * passed * arrive
        return tf.einsum("bt,btd->bd", align, memory), align


class Transcriber(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.encoder = keras.Sequential([
            layers.Conv1D(units, 9, padding="same", activation="tanh"),
            layers.Conv1D(units, 9, padding="same", activation="tanh"),
        ])
        self.attend = MonotonicAttention(units)
        self.cell = layers.GRUCell(units)
        self.embed = layers.Embedding(SCALE + 1, units)
        self.note = layers.Dense(SCALE)

    def call(self, inputs):
        frames, so_far = inputs
        memory = self.encoder(frames)
        batch = tf.shape(frames)[0]
        align = tf.one_hot(tf.zeros((batch,), tf.int32), FRAMES)
        state = tf.zeros((batch, 32))
        logits = []
        for k in range(NOTES):
            context, align = self.attend(state, memory, align)
            step_in = tf.concat([context, self.embed(so_far[:, k])], axis=1)
            out, states = self.cell(step_in, [state])
            state = states[0]
            logits.append(self.note(out))
        return tf.stack(logits, axis=1)


frames, tunes = yodel_corpus(256, np.random.default_rng(8))
shifted = np.concatenate([np.full((len(tunes), 1), SCALE), tunes[:, :-1]], axis=1).astype("int32")
ds = tf.data.Dataset.from_tensor_slices((frames, shifted, tunes)).shuffle(256, seed=1).batch(BATCH)

model = Transcriber()
model((frames[:2], shifted[:2]))
opt = keras.optimizers.Adam(2e-3, clipnorm=1.0)
opt.build(model.trainable_variables)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def learn(x, teacher, y):
    with tf.GradientTape() as tape:
        loss = xent(y, model((x, teacher), training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(3):
    losses = [float(learn(*b)) for b in ds]
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
