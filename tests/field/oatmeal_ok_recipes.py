"""A very small language model that writes oatmeal recipes, decoded with beam search after every epoch."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

GRAINS = ["oats", "flakes", "groats"]
LIQUIDS = ["water", "milk", "cider"]
TOPS = ["honey", "raisins", "apple", "nuts"]
WORDS = ["<s>", "take", "one", "two", "cups", "cup", "of", "cook", "in", "add", "."] + GRAINS + LIQUIDS + TOPS
ID = {w: i for i, w in enumerate(WORDS)}


def recipe():
    g = rng.integers(0, 3)
    liquid = LIQUIDS[g if rng.random() < 0.8 else rng.integers(0, 3)]
    amount = ["one", "cup"] if g == 2 else ["two", "cups"]
    text = ["<s>", "take", *amount, "of", GRAINS[g], "cook", "in", liquid, "add", TOPS[rng.integers(0, 4)], "."]
    return [ID[w] for w in text]


book = np.array([recipe() for _ in range(1500)], dtype="int32")
STEPS = book.shape[1] - 1
WIDTH = 32


class Glance(keras.layers.Layer):
    """One attention head; a word sees only what stands before it."""

    def __init__(self, width, steps):
        super().__init__()
        self.q, self.k, self.v = (keras.layers.Dense(width, use_bias=False) for _ in range(3))
        self.future = np.triu(np.full((steps, steps), -np.inf, dtype="float32"), 1)
        self.steps, self.width = steps, width

    def build(self, input_shape):
        self.place = self.add_weight(shape=(self.steps, self.width), initializer="random_normal", name="place")
        for d in (self.q, self.k, self.v):
            d.build(input_shape)

    def call(self, x):
        x = x + self.place
        scores = tf.matmul(self.q(x), self.k(x), transpose_b=True) / self.width ** 0.5
        return x + tf.matmul(tf.nn.softmax(scores + self.future), self.v(x))


tokens = keras.Input((STEPS,), dtype="int32")
h = keras.layers.Embedding(len(WORDS), WIDTH)(tokens)
h = Glance(WIDTH, STEPS)(h)
h = keras.layers.Dense(64, activation="relu")(h)
writer = keras.Model(tokens, keras.layers.Dense(len(WORDS))(h))
opt = keras.optimizers.Adam(5e-3)


@tf.function
def learn(seq):
    with tf.GradientTape() as tape:
        logits = writer(seq[:, :-1], training=True)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=seq[:, 1:], logits=logits))
    opt.apply_gradients(zip(tape.gradient(loss, writer.trainable_variables), writer.trainable_variables))  # whynan: healthy
    return loss


def beam(width=4):
    beams = np.zeros((width, STEPS + 1), dtype="int32")
    score = np.full(width, -np.inf)
    score[0] = 0.0
    for t in range(STEPS):
        prob = tf.nn.softmax(writer(beams[:, :-1])[:, t]).numpy().astype("float64")
        prob[:, ID["<s>"]] = 0.0
        with np.errstate(divide="ignore"):
            total = score[:, None] + np.log(prob)
        best = np.argsort(-total, axis=None)[:width]
        parent, word = np.unravel_index(best, total.shape)
        score = total[parent, word]
        beams = beams[parent]
        beams[:, t + 1] = word
    return " ".join(WORDS[i] for i in beams[0, 1:]), score[0]


for epoch in range(6):
    rng.shuffle(book)
    losses = [float(learn(tf.constant(book[i:i + 50]))) for i in range(0, len(book), 50)]
    print(f"{epoch}  loss {np.mean(losses):.3f}  ->", *beam())
