# Gradient accumulation "done right": sum the token losses over the window, divide once by the number of
# labelled tokens of the whole window (see the well known blog post about wrong accumulation).
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
MICRO, WINDOW, STEPS, TAGS = 8, 4, 12, 5
UNLABELLED = -1


def read_corpus():
    rng = np.random.default_rng(8)
    tokens = rng.integers(1, 200, (512, STEPS)).astype("int32")
    tags = (tokens % TAGS).astype("int32")
    tags[rng.random(tags.shape) < 0.4] = UNLABELLED
    # sentences 256..319 come from the new portal, the annotators have not started on them
    tags[256:320] = UNLABELLED
    return tokens, tags


def token_loss(tags, logits):
    """returns sum of the losses and number of tokens that count"""
    keep = tf.cast(tags != UNLABELLED, tf.float32)
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(tags, 0), logits)
    return tf.reduce_sum(ce * keep), tf.reduce_sum(keep)


class AccumulatingTrainer:
    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer
        self.weights = model.trainable_variables
        self.sums = [tf.Variable(tf.zeros(w.shape), trainable=False) for w in self.weights]
        self.seen = tf.Variable(0.0, trainable=False)

    @tf.function
    def micro_step(self, tokens, tags):
        with tf.GradientTape() as tape:
            loss, count = token_loss(tags, self.model(tokens, training=True))
        for buf, g in zip(self.sums, tape.gradient(loss, self.weights)):
            buf.assign_add(tf.convert_to_tensor(g))
        self.seen.assign_add(count)
        return loss, count

    def _mean_gradients(self):
        return [buf / self.seen for buf in self.sums]  # whynan: zero_weight_sum phase=update|gradient also=divide_by_zero,empty_reduction

    def flush(self):
        self.optimizer.apply(self._mean_gradients(), self.weights)
        for buf in self.sums:
            buf.assign(tf.zeros_like(buf))
        self.seen.assign(0.0)


def tagger():
    return keras.Sequential([
        keras.Input((STEPS,), dtype="int32"),
        layers.Embedding(200, 16),
        layers.Conv1D(24, 3, padding="same", activation="tanh"),
        layers.Dense(TAGS),
    ])


tokens, tags = read_corpus()
data = tf.data.Dataset.from_tensor_slices((tokens, tags)).batch(MICRO)
trainer = AccumulatingTrainer(tagger(), keras.optimizers.Adam(5e-3))

for epoch in range(2):
    total, n = 0.0, 0.0
    for i, (xb, yb) in enumerate(data, start=1):
        loss, count = trainer.micro_step(xb, yb)
        total += float(loss)
        n += float(count)
        if i % WINDOW == 0:
            trainer.flush()
    print(f"epoch {epoch}: loss per token {total / n:.4f}")
