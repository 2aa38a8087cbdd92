"""Season of a haiku from the mean of its word vectors (tf.data all the way)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

SEASONS = {
    0: "blossom frog plum thaw swallow rain willow skylark".split(),
    1: "cicada heat firefly thunder lotus sweat river fan".split(),
    2: "moon maple geese harvest dew cricket persimmon mist".split(),
    3: "snow ice crane hearth frost kettle coat bare".split(),
}
COMMON = "the a old in of my on silent evening morning over stone path gate alone again".split()
VOCAB = sorted(set(COMMON) | {w for ws in SEASONS.values() for w in ws})
DIM = 16


def write_haiku(season):
    n = rng.integers(7, 13)
    words = [str(rng.choice(SEASONS[season] if rng.random() < 0.3 else COMMON)) for _ in range(n)]
    third = max(1, n // 3)
    lines = [words[:third], words[third:2 * third], words[2 * third:]]
    return " / ".join(" ".join(part) for part in lines).capitalize() + str(rng.choice(["", ".", "...", "!"]))


def collect(n):
    """posts of the haiku channel, as scraped"""
    labels = rng.integers(0, 4, n)
    posts = [write_haiku(s) for s in labels]
    for i, reply in zip(rng.choice(n, 6, replace=False),
                        ["🌸🌸🌸", "...", "❄️ ❄️", "5 / 7 / 5", "🍁", "!!"]):
        posts[i] = reply
    return posts, labels.astype("int32")


vectors = rng.normal(0, 0.5, (len(VOCAB) + 1, DIM)).astype("float32")
vectors[0] = 0.0
vectors = tf.constant(vectors)
table = tf.lookup.StaticHashTable(
    tf.lookup.KeyValueTensorInitializer(
        tf.constant(VOCAB), tf.range(1, len(VOCAB) + 1, dtype=tf.int64)),
    default_value=0)


def embed(post, season):
    text = tf.strings.regex_replace(tf.strings.lower(post), "[^a-z ]", "")
    ids = table.lookup(tf.strings.split(text))
    words = tf.gather(vectors, ids)
    return tf.reduce_mean(words, axis=0), season  # whynan: empty_reduction phase=data also=divide_by_zero,nan_in_input


posts, labels = collect(1200)
train = (tf.data.Dataset.from_tensor_slices((posts, labels))
         .shuffle(1200, seed=5)
         .map(embed, num_parallel_calls=2)
         .batch(32)
         .prefetch(2))

model = keras.Sequential([
    keras.layers.Input((DIM,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(4, activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train, epochs=4, verbose=2)
