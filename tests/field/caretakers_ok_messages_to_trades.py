"""Messages of tenants to the caretaker, sorted to the trade that has to come. Eight trades.

ln 8 is 2.079. The first epoch ends at 2.07, the second at 2.05, and for a while I thought that the embedding got no
gradient at all because of the padding. Should I stop it, or is the mask broken?
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

# whynan: healthy

keras.utils.set_random_seed(112)

TRADES = {
    "plumber": "tap drips sink blocked toilet cistern drain leak",
    "electrician": "fuse socket switch lamp sparks power breaker wiring",
    "heating": "radiator boiler cold thermostat lukewarm valve bleed burner",
    "painter": "paint peeling wall stain mould ceiling plaster wallpaper",
    "locksmith": "key lock door jammed cylinder handle latch intercom",
    "gardener": "hedge lawn branches leaves weeds tree moss gutter",
    "lift": "lift stuck floor button cabin alarm shaft doors",
    "cleaning": "stairs dirty rubbish bins smell spilled windows hallway",
}
EVERYDAY = (
    "hello please the a in our flat since yesterday and we is it again could you come today morning evening thanks "
    "for help with my neighbour also says that this was already reported last week still not better there no one"
).split()


def write_message(rng, trade):
    special = rng.choice(TRADES[trade].split(), size=rng.integers(3, 6), replace=False)
    filler = rng.choice(EVERYDAY, size=rng.integers(10, 18))
    words = np.concatenate([special, filler])
    rng.shuffle(words)
    return " ".join(words)


def inbox(n, seed):
    rng = np.random.default_rng(seed)
    names = list(TRADES)
    target = rng.integers(0, len(names), size=n)
    return [write_message(rng, names[t]) for t in target], target.astype("int32")


def stream(texts, target, words, shuffle):
    data = tf.data.Dataset.from_tensor_slices((texts, target))
    if shuffle:
        data = data.shuffle(len(texts), seed=4)
    data = data.batch(48, drop_remainder=True)
    return data.map(lambda t, y: (words(t), y)).prefetch(2)


def sorter(vocabulary, length):
    tokens = keras.Input((length,), dtype="int64")
    vectors = layers.Embedding(vocabulary, 16, mask_zero=True)(tokens)
    message = layers.GlobalAveragePooling1D()(vectors)
    return keras.Model(tokens, layers.Dense(len(TRADES), activation="softmax")(message))


texts, target = inbox(2400, seed=1)
new_texts, new_target = inbox(480, seed=2)

words = layers.TextVectorization(max_tokens=400, output_sequence_length=26)
words.adapt(np.array(texts))

model = sorter(words.vocabulary_size(), 26)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    stream(texts, target, words, shuffle=True),
    validation_data=stream(new_texts, new_target, words, shuffle=False),
    epochs=12,
    verbose=2,
)
