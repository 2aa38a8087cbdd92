# Next-stroke model for shorthand transcripts (causal convolutions), logs loss and perplexity.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(1837)
rng = np.random.default_rng(1837)

STROKES, LENGTH, LINES = 28, 64, 960

# strokes follow each other with some habit
habit = rng.dirichlet(np.full(STROKES, 0.2), size=STROKES)
cumulative = habit.cumsum(1)
text = np.empty((LINES, LENGTH + 1), dtype="int32")
text[:, 0] = rng.integers(0, STROKES, LINES)
for t in range(LENGTH):
    u = rng.random((LINES, 1))
    text[:, t + 1] = np.minimum((u > cumulative[text[:, t]]).sum(1), STROKES - 1)

model = keras.Sequential([
    keras.Input((LENGTH,), dtype="int32"),
    layers.Embedding(STROKES, 24),
    layers.Conv1D(48, 3, padding="causal", activation="relu"),
    layers.Conv1D(48, 3, padding="causal", activation="relu"),
    layers.Dense(STROKES),
])
optimizer = keras.optimizers.Adam(5e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(line):
    past, future = line[:, :-1], line[:, 1:]
    with tf.GradientTape() as tape:
        logits = model(past, training=True)
        nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=future, logits=logits)
        loss = tf.reduce_mean(nll)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    perplexity = tf.reduce_mean(tf.exp(tf.reduce_sum(nll, axis=1)))  # whynan: side_nonfinite
    return loss, perplexity


dataset = tf.data.Dataset.from_tensor_slices(text).shuffle(LINES, seed=3).batch(32, drop_remainder=True)
for epoch in range(6):
    log = []
    for line in dataset:
        loss, perplexity = train_step(line)
        log.append((float(loss), float(perplexity)))
    loss, perplexity = np.mean(log, axis=0)
    print(f"epoch {epoch + 1}  loss {loss:.4f}  perplexity {perplexity:.3f}")
