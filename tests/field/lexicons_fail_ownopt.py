import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rs = np.random.RandomState(5)

# ---- made-up lexicon: guess the word class from the spelling -------------
SUFFIX = {0: ["tion", "ness", "ung", "ity"], 1: ["en", "are", "ize", "ir"], 2: ["lich", "ous", "able", "ic"]}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MAXLEN = 14


def coin_word(label):
    stem = "".join(rs.choice(list(LETTERS), rs.randint(3, 9)))
    if rs.rand() < 0.9:
        stem += SUFFIX[label][rs.randint(4)]
    return stem[:MAXLEN]


labels = rs.randint(0, 3, 2000)
words = [coin_word(c) for c in labels]
codes = np.zeros((len(words), MAXLEN), "int32")
for i, w in enumerate(words):
    codes[i, MAXLEN - len(w):] = [LETTERS.index(ch) + 1 for ch in w]


class FactoredOptimizer:
    """Memory-saving optimiser: for matrices only the row and column means of g^2 are kept."""

    def __init__(self, variables, lr=0.01, decay=0.8, eps=1e-30, clip=1.0):
        self.vars = variables
        self.lr, self.decay, self.eps, self.clip = lr, decay, eps, clip
        self.step = tf.Variable(0.0, trainable=False)
        self.slots = []
        for v in variables:
            if len(v.shape) == 2:
                self.slots.append((tf.Variable(tf.zeros([v.shape[0]])), tf.Variable(tf.zeros([v.shape[1]]))))
            else:
                self.slots.append((tf.Variable(tf.zeros(v.shape)),))

    def apply(self, grads):
        rho = 1.0 - tf.pow(self.step, -self.decay)  # whynan: divide_by_zero phase=update also=pow_domain
        for g, v, slot in zip(grads, self.vars, self.slots):
            g = tf.convert_to_tensor(g)
            sq = tf.square(g) + self.eps
            if len(slot) == 2:
                row, col = slot
                row.assign(rho * row + (1.0 - rho) * tf.reduce_mean(sq, axis=1))
                col.assign(rho * col + (1.0 - rho) * tf.reduce_mean(sq, axis=0))
                second = row[:, None] * col[None, :] / tf.reduce_mean(row)
            else:
                slot[0].assign(rho * slot[0] + (1.0 - rho) * sq)
                second = slot[0]
            update = g * tf.math.rsqrt(second)
            rms = tf.sqrt(tf.reduce_mean(tf.square(update)))
            update = update / tf.maximum(1.0, rms / self.clip)
            v.assign_sub(self.lr * update)
        self.step.assign_add(1.0)


model = keras.Sequential([
    keras.Input((MAXLEN,), dtype="int32"),
    layers.Embedding(27, 16),
    layers.Conv1D(32, 3, activation="gelu"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(3),
])
# conv kernels are rank 3 and take the plain branch
opt = FactoredOptimizer(model.trainable_variables)


@tf.function
def train(xb, yb):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
    opt.apply(tape.gradient(loss, model.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((codes[:1600], labels[:1600].astype("int32"))).shuffle(1600, seed=5).batch(50)
for epoch in range(6):
    running = [float(train(xb, yb)) for xb, yb in ds]
    guess = np.argmax(model.predict(codes[1600:], verbose=0), axis=1)
    print(f"epoch {epoch + 1}  first {running[0]:.3f}  last {running[-1]:.3f}  acc {np.mean(guess == labels[1600:]):.3f}")
