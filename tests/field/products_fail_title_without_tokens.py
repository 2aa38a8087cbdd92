"""Two tower product search: hashed title and hashed query, cosine similarity as score."""
import keras
import numpy as np
from keras import ops
from sklearn.feature_extraction.text import HashingVectorizer

keras.utils.set_random_seed(77)
NOUNS = "lamp chair table sofa mirror shelf carpet curtain pillow desk".split()
ADJ = "red oak small round modern vintage large white black steel".split()


def catalogue(n=480):
    rng = np.random.default_rng(9)
    titles, queries, clicked = [], [], []
    for _ in range(n):
        noun, adj = rng.choice(NOUNS), rng.choice(ADJ)
        hit = rng.random() < 0.5
        titles.append(f"{adj} {noun}")
        queries.append(f"{noun} {adj}" if hit else f"{rng.choice(NOUNS)} {rng.choice(ADJ)}")
        clicked.append(float(hit))
    # two articles whose title is only a size code
    titles[37] = "A 4"
    titles[205] = "7 x 9"
    return titles, queries, np.array(clicked, "float32")


def hash_texts(texts, dim=256):
    hv = HashingVectorizer(n_features=dim, norm=None, alternate_sign=False)
    return hv.transform(texts).toarray().astype("float32")


class ToUnitLength(keras.layers.Layer):
    def call(self, v):
        length = ops.norm(v, axis=-1, keepdims=True)
        return v / length  # whynan: divide_by_zero phase=forward rows=37,205


class Tower(keras.layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.proj = keras.layers.Dense(units, use_bias=False, activation="tanh")
        self.mix = keras.layers.Dense(units, use_bias=False)
        self.unit = ToUnitLength()

    def call(self, bag):
        return self.unit(self.mix(self.proj(bag)))


class CosineScore(keras.layers.Layer):
    def build(self, shapes):
        self.scale = self.add_weight(shape=(), initializer=keras.initializers.Constant(5.0), name="scale")
        self.offset = self.add_weight(shape=(), initializer="zeros", name="offset")

    def call(self, pair):
        a, b = pair
        return self.scale * ops.sum(a * b, axis=-1, keepdims=True) + self.offset


titles, queries, clicked = catalogue()
t_in, q_in = keras.Input((256,), name="title"), keras.Input((256,), name="query")
score = CosineScore()([Tower(32, name="title_tower")(t_in), Tower(32, name="query_tower")(q_in)])
model = keras.Model([t_in, q_in], score)
model.compile("adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit([hash_texts(titles), hash_texts(queries)], clicked, epochs=3, batch_size=40, verbose=2)
