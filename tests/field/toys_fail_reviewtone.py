import re
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

STOPWORDS = set("""a an the and or but if of at by for with to from in on is it its was were be been i my me we our
he she his her they them their this that these those so as what which who not no very too just than then""".split())

GOOD = ["love", "sturdy", "bright", "favourite", "lovely", "durable", "fun", "perfect", "happy", "clever"]
BAD = ["broke", "cheap", "plastic", "smells", "disappointed", "missing", "refund", "sharp", "boring", "late"]
NOUNS = ["train", "puzzle", "doll", "robot", "kite", "blocks", "teddy", "drum", "castle", "scooter", "birthday", "son",
         "daughter", "grandson", "batteries", "box", "wheels", "paint", "instructions", "price"]
SHORT = ["So so.", "It is what it is.", "5/5", "!!!", "Not for me", "Just as it was"]


def write_review():
    label = int(rng.random() < 0.6)
    if rng.random() < 0.02:
        return str(rng.choice(SHORT)), label
    pool = GOOD if label else BAD
    words = []
    for _ in range(rng.integers(2, 9)):
        words += ["the", str(rng.choice(NOUNS)), "was", str(rng.choice(pool)) if rng.random() < 0.7 else "ok", "and"]
    return " ".join(words[:-1]).capitalize() + ".", label


reviews, labels = zip(*[write_review() for _ in range(1600)])


def clean(text):
    tokens = re.findall(r"[a-z]+", text.lower())
    return [t for t in tokens if t not in STOPWORDS]


cleaned = [clean(r) for r in reviews]
vocab = {w: i + 2 for i, w in enumerate(sorted({w for toks in cleaned for w in toks}))}
MAXLEN = 20

X = np.zeros((len(cleaned), MAXLEN), dtype="int32")
for row, toks in enumerate(cleaned):
    ids = [vocab.get(t, 1) for t in toks][:MAXLEN]
    X[row, :len(ids)] = ids
y = np.array(labels, dtype="float32")

train_ds = tf.data.Dataset.from_tensor_slices((X[:1300], y[:1300])).shuffle(1300, seed=1).batch(50)
val_ds = tf.data.Dataset.from_tensor_slices((X[1300:], y[1300:])).batch(50)


class ToneClassifier(keras.Model):
    def __init__(self, vocab_size, dim=24):
        super().__init__()
        self.embed = layers.Embedding(vocab_size, dim, mask_zero=True)
        self.pool = layers.GlobalAveragePooling1D()
        self.hidden = layers.Dense(16, activation="tanh")
        self.head = layers.Dense(1)

    def call(self, tokens):
        doc = self.pool(self.embed(tokens))  # whynan: empty_reduction phase=forward also=divide_by_zero,zero_weight_sum
        return self.head(self.hidden(doc))


model = ToneClassifier(len(vocab) + 2)
model.compile(
    optimizer="adam",
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
model.fit(train_ds, validation_data=val_ds, epochs=5)

probs = tf.sigmoid(model.predict(val_ds, verbose=0)).numpy().ravel()
for text, p in list(zip(reviews[1300:], probs))[:5]:
    print(f"{p:.2f}  {text[:70]}")
