"""Small word-level language model over a parish's sermon archive.

The workstation only has room for 16 sentences at a time, so gradients are summed
over ACCUM micro-batches and divided by the number of real tokens before a step.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)

VOCAB, MAXLEN = 180, 18
MICRO, ACCUM, EPOCHS = 16, 8, 3
PAD, BOS, EOS = 0, 1, 2


def fake_archive(n):
    """Sentences from a sparse word-transition table, padded with 0."""
    follow = rng.integers(3, VOCAB, size=(VOCAB, 6))
    out = np.zeros((n, MAXLEN), dtype="int32")
    for row in out:
        length = int(rng.integers(6, MAXLEN - 1))
        word = int(rng.integers(3, VOCAB))
        row[0] = BOS
        for t in range(1, length):
            row[t] = word
            word = int(follow[word, min(5, rng.geometric(0.45) - 1)])
        row[length] = EOS
    return out


sentences = fake_archive(1024)

model = keras.Sequential([
    keras.Input((None,), dtype="int32"),
    layers.Embedding(VOCAB, 40),
    layers.GRU(48, return_sequences=True),
    layers.Dense(VOCAB),
])
optimizer = keras.optimizers.Adam(4e-3)
weights = model.trainable_variables


@tf.function
def micro_batch(seq):
    inp, out = seq[:, :-1], seq[:, 1:]
    real = tf.cast(out != PAD, tf.float32)
    with tf.GradientTape() as tape:
        logits = model(inp, training=True)
        nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=out, logits=logits)
        total = tf.reduce_sum(nll * real)
    grads = [tf.convert_to_tensor(g) for g in tape.gradient(total, weights)]
    return total, tf.reduce_sum(real), grads


def empty_sums():
    return [tf.zeros(w.shape) for w in weights], tf.constant(0.0)


def push(sums, n_tokens):
    mean_grads = [s / n_tokens for s in sums]  # whynan: divide_by_zero phase=gradient|update also=zero_weight_sum,empty_reduction
    optimizer.apply_gradients(zip(mean_grads, weights))


for epoch in range(EPOCHS):
    order = rng.permutation(len(sentences))
    sums, n_tokens = empty_sums()
    epoch_nll, epoch_tokens = 0.0, 0.0
    for i in range(0, len(order), MICRO):
        nll, n, grads = micro_batch(tf.constant(sentences[order[i:i + MICRO]]))
        sums = [s + g for s, g in zip(sums, grads)]
        n_tokens += n
        epoch_nll += float(nll)
        epoch_tokens += float(n)
        if (i // MICRO + 1) % ACCUM == 0:
            push(sums, n_tokens)
            sums, n_tokens = empty_sums()
    # whatever is left over from the last, shorter group
    push(sums, n_tokens)
    print(f"epoch {epoch + 1}: nll/token {epoch_nll / epoch_tokens:.3f}  "
          f"perplexity {np.exp(epoch_nll / epoch_tokens):.1f}")
