"""Neural Turing machine on the copy task, as a cell for keras.layers.RNN.

loss: nan from the very first batch. I tried clipnorm, a smaller learning rate and fewer memory slots. The controller
alone (without the memory) trains.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)

BITS = 6
LENGTH = 5


def content_similarity(key, memory, eps=1e-8):
    """Cosine of the key with every row of the memory."""
    dot = tf.einsum("bw,bsw->bs", key, memory)
    return dot / (tf.norm(key, axis=-1, keepdims=True) * tf.norm(memory, axis=-1)) + eps  # whynan: divide_by_zero phase=forward


class NTMCell(keras.layers.Layer):
    def __init__(self, hidden=48, slots=20, width=8, **kwargs):
        super().__init__(**kwargs)
        self.hidden, self.slots, self.width = hidden, slots, width
        # hidden state, carry, memory (flattened), weighting, last read vector
        self.state_size = [hidden, hidden, slots * width, slots, width]
        self.output_size = hidden + width
        self.controller = keras.layers.LSTMCell(hidden)
        self.head = keras.layers.Dense(3 * width + 3)

    def build(self, input_shape):
        self.controller.build((None, input_shape[-1] + self.width))
        self.head.build((None, self.hidden))

    def address(self, key, beta, gate, gamma, memory, w_prev):
        focus = tf.nn.softmax(tf.nn.softplus(beta) * content_similarity(key, memory), axis=-1)
        g = tf.sigmoid(gate)
        w = g * focus + (1.0 - g) * w_prev
        w = tf.pow(w + 1e-6, 1.0 + tf.nn.softplus(gamma))
        return w / tf.reduce_sum(w, axis=-1, keepdims=True)

    def call(self, inputs, states, training=False):
        h, c, memory, w_prev, read = states
        memory = tf.reshape(memory, (-1, self.slots, self.width))
        out, (h, c) = self.controller(tf.concat([inputs, read], axis=-1), [h, c])
        n = self.width
        key, erase, add, beta, gate, gamma = tf.split(self.head(out), [n, n, n, 1, 1, 1], axis=-1)
        w = self.address(tf.tanh(key), beta, gate, gamma, memory, w_prev)
        erased = memory * (1.0 - w[:, :, None] * tf.sigmoid(erase)[:, None, :])
        memory = erased + w[:, :, None] * tf.tanh(add)[:, None, :]
        read = tf.reduce_sum(w[:, :, None] * memory, axis=1)
        flat = tf.reshape(memory, (-1, self.slots * self.width))
        return tf.concat([out, read], axis=-1), [h, c, flat, w, read]


def copy_task(n_batches, batch, seed):
    """Bits, a delimiter, then silence in which the bits must be repeated."""
    rng = np.random.default_rng(seed)
    for _ in range(n_batches):
        bits = rng.integers(0, 2, (batch, LENGTH, BITS)).astype("float32")
        x = np.zeros((batch, 2 * LENGTH + 1, BITS + 1), "float32")
        x[:, :LENGTH, :BITS] = bits
        x[:, LENGTH, BITS] = 1.0
        y = np.zeros((batch, 2 * LENGTH + 1, BITS), "float32")
        y[:, LENGTH + 1 :] = bits
        yield x, y


signature = (
    tf.TensorSpec((None, 2 * LENGTH + 1, BITS + 1), tf.float32),
    tf.TensorSpec((None, 2 * LENGTH + 1, BITS), tf.float32),
)
train = tf.data.Dataset.from_generator(lambda: copy_task(40, 16, seed=1), output_signature=signature)

sequence = keras.Input((2 * LENGTH + 1, BITS + 1))
states = keras.layers.RNN(NTMCell(), return_sequences=True, name="ntm")(sequence)
answer = keras.layers.Dense(BITS, activation="sigmoid")(states)
model = keras.Model(sequence, answer)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3, clipnorm=10.0),
    loss="binary_crossentropy",
)
model.fit(train, epochs=2, verbose=2)
