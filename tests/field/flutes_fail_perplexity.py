"""Next-note language model for flute tunes, trained on perplexity."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(440)

VOCAB = 48          # 3 octaves + rests + ornaments
SEQ = 40
BATCH = 64
EPOCHS = 3


def compose(n_tunes):
    rng = np.random.default_rng(440)
    steps = np.array([-4, -2, -1, 0, 1, 2, 4])
    prob = np.array([0.08, 0.2, 0.17, 0.1, 0.17, 0.2, 0.08])
    notes = np.empty((n_tunes, SEQ + 1), dtype="int64")
    notes[:, 0] = rng.integers(10, 38, size=n_tunes)
    for t in range(1, SEQ + 1):
        nxt = notes[:, t - 1] + rng.choice(steps, size=n_tunes, p=prob)
        notes[:, t] = np.clip(nxt, 0, VOCAB - 1)
    return notes[:, :-1], notes[:, 1:]


class TuneModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(VOCAB, 24)
        self.gru = layers.GRU(48, return_sequences=True)
        self.head = layers.Dense(VOCAB)

    def call(self, notes):
        return self.head(self.gru(self.emb(notes)))


def perplexity(labels, logits):
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    per_tune = tf.reduce_sum(nll, axis=-1)
    return tf.reduce_mean(tf.exp(per_tune))  # whynan: exp_overflow phase=loss


model = TuneModel()
optimizer = tf.keras.optimizers.Adam(learning_rate=2e-3, clipnorm=1.0)
mean_loss = tf.keras.metrics.Mean()
accuracy = tf.keras.metrics.SparseCategoricalAccuracy()


@tf.function
def step(inp, tar):
    with tf.GradientTape() as tape:
        logits = model(inp, training=True)
        loss = perplexity(tar, logits)
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    mean_loss.update_state(loss)
    accuracy.update_state(tar, logits)


src, dst = compose(1280)
data = (tf.data.Dataset.from_tensor_slices((src, dst))
        .shuffle(1280, seed=440)
        .batch(BATCH, drop_remainder=True)
        .prefetch(tf.data.AUTOTUNE))

for epoch in range(EPOCHS):
    mean_loss.reset_state()
    accuracy.reset_state()
    for inp, tar in data:
        step(inp, tar)
    print(f"epoch {epoch + 1}: perplexity {mean_loss.result():.2f}  accuracy {accuracy.result():.3f}")
