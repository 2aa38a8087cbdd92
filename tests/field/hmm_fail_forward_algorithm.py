"""Neural HMM: unsupervised tagging by maximising the marginal likelihood with the forward algorithm."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(30)
VOCAB, STATES = 50, 6


class NeuralHMM(keras.Model):
    """Emission and transition tables come from state embeddings (Tran et al. 2016)."""

    def __init__(self, dim=24):
        super().__init__()
        self.state_emb = self.add_weight(shape=(STATES, dim), initializer="glorot_uniform", name="state_emb")
        self.to_next = keras.layers.Dense(STATES)
        self.to_word = keras.layers.Dense(VOCAB)
        self.start = self.add_weight(shape=(STATES,), initializer="zeros", name="start")

    def tables(self):
        emb = tf.convert_to_tensor(self.state_emb)
        return (tf.nn.softmax(tf.convert_to_tensor(self.start)),
                tf.nn.softmax(self.to_next(emb), axis=-1),
                tf.nn.softmax(self.to_word(emb), axis=-1))

    def call(self, words):
        """P(sentence), shape (batch,)"""
        pi, A, B = self.tables()
        emit = tf.gather(tf.transpose(B), words)          # (batch, time, states)
        alpha = pi[None, :] * emit[:, 0]
        for t in range(1, words.shape[1]):
            alpha = tf.matmul(alpha, A) * emit[:, t]
        return tf.reduce_sum(alpha, axis=-1)


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.opt = keras.optimizers.Adam(lr)

    def criterion(self, likelihood):
        return -tf.reduce_mean(tf.math.log(likelihood))  # whynan: log_of_zero phase=loss also=exp_underflow

    @tf.function
    def step(self, words):
        with tf.GradientTape() as tape:
            loss = self.criterion(self.model(words))
        variables = self.model.trainable_variables
        self.opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss


def sample_corpus(n=64, length=60):
    rng = np.random.default_rng(3)
    true_b = rng.dirichlet(np.full(VOCAB, 0.2), STATES)
    out = np.zeros((n, length), "int32")
    for i in range(n):
        s = rng.integers(STATES)
        for t in range(length):
            out[i, t] = rng.choice(VOCAB, p=true_b[s])
            s = s if rng.random() < 0.6 else rng.integers(STATES)
    return out


corpus = sample_corpus()
model = NeuralHMM()
model.tables()
trainer = Trainer(model, 1e-2)
for epoch in range(3):
    for batch in tf.data.Dataset.from_tensor_slices(corpus).batch(16):
        nll = trainer.step(batch)
    print("epoch", epoch, "nll per sentence", float(nll))
