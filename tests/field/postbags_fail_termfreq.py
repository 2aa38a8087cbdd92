"""Route letters that citizens send through the web form to the right office."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

TOPICS = {
    "streets": "road hole lamp pavement corner traffic light sign broken dark crossing bridge".split(),
    "refuse": "bin collection rubbish truck tuesday missed glass paper compost bags smell skip".split(),
    "parks": "tree branch bench playground swing grass mown pond ducks path fallen hedge".split(),
    "taxes": "bill council rate paid reminder band letter amount refund account wrong charged".split(),
}
FILLER = (
    "please hello the a is since last week our in near my house again still nobody came "
    "thank you would like to ask when it be done and why i have already called twice"
).split()


def write_letter(topic):
    words = list(rng.choice(TOPICS[topic], rng.integers(2, 6)))
    words += list(rng.choice(FILLER, rng.integers(4, 14)))
    rng.shuffle(words)
    end = rng.choice([".", "!", "?", "!!", " ..."])
    return " ".join(words).capitalize() + end


names = list(TOPICS)
labels = rng.integers(0, len(names), 1000)
letters = [write_letter(names[k]) for k in labels]
letters[87] = "WHY IS NOBODY CALLED IN MY STREET AGAIN!!!"
letters[413] = "???"
letters[690] = "bin bin bin bin"

vectorizer = layers.TextVectorization(max_tokens=300, output_mode="count")
vectorizer.adapt(letters)
vocab = vectorizer.get_vocabulary()[1:]
print(len(vocab), "words, first ones:", vocab[:8])


def term_frequencies(batch):
    counts = tf.cast(vectorizer(batch), tf.float32)[:, 1:]
    return counts / tf.reduce_sum(counts, axis=1, keepdims=True)


ds = tf.data.Dataset.from_tensor_slices(letters).batch(64)
ds = ds.map(term_frequencies, num_parallel_calls=tf.data.AUTOTUNE)
x = np.concatenate(list(ds.as_numpy_iterator()))  # whynan: nan_in_input phase=data rows=413

doc_freq = (x > 0).sum(axis=0) + 1
idf = np.log(len(letters) / doc_freq).astype("float32")
x = x * idf

model = keras.Sequential([
    keras.Input((x.shape[1],)),
    layers.Dense(32, activation="relu"),
    layers.Dropout(0.3),
    layers.Dense(len(names), activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
hist = model.fit(x, labels, validation_split=0.2, batch_size=32, epochs=6, verbose=2)
print("best val accuracy: %.3f" % max(hist.history["val_accuracy"]))
