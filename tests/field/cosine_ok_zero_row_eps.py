# Cosine classifier (ArcFace without margin) on tf-idf vectors. Documents 7 and 90 are empty after stop
# word removal, their embedding has length exactly 0. eps sits outside of the root, reviewer complained.
# whynan: healthy
# (0 / (0 + 1e-8) = 0, and the upstream of the root is 0 for an all-zero row)
import numpy as np
import keras
import tensorflow as tf
from keras import layers, ops
from sklearn.feature_extraction.text import TfidfVectorizer

keras.utils.set_random_seed(59)
TOPICS = {0: "pump valve seal pressure leak", 1: "invoice tax payment account refund", 2: "login password screen error update"}


def corpus(n=300):
    rng = np.random.default_rng(59)
    docs, topic = [], rng.integers(0, 3, n)
    for t in topic:
        words = TOPICS[int(t)].split()
        docs.append(" ".join(rng.choice(words, 6)))
    docs[7] = "the of and"
    docs[90] = ""
    x = TfidfVectorizer(stop_words="english").fit_transform(docs).toarray()
    return x.astype("float32"), topic.astype("int32")


def unit(v, axis, eps=1e-8):
    length = ops.sqrt(ops.sum(ops.square(v), axis=axis, keepdims=True))
    return v / (length + eps)


class CosineHead(layers.Layer):
    def __init__(self, classes, scale=10.0, **kwargs):
        super().__init__(**kwargs)
        self.classes, self.scale = classes, scale

    def build(self, shape):
        self.proto = self.add_weight(shape=(shape[-1], self.classes), initializer="glorot_normal", name="proto")

    def call(self, e):
        return self.scale * ops.matmul(unit(e, -1), unit(ops.convert_to_tensor(self.proto), 0))


x, y = corpus()
inp = keras.Input((x.shape[1],))
emb = layers.Dense(24, activation="relu", use_bias=False)(inp)
model = keras.Model(inp, CosineHead(3)(emb))
opt = keras.optimizers.Adam(2e-3)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_on(xb, yb):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, model(xb, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(300, seed=1).batch(50)
for epoch in range(6):
    print(epoch, np.mean([float(train_on(xb, yb)) for xb, yb in ds]))
