"""Which crew should go to a broken escalator?  Eight words of the report, an embedding, four crews.

The loss is 1.386 in all epochs and the accuracy one in four, however many units I take.  The words are so clear that my
boss gets them all right.  The word list is the official one from the maintenance manual.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(213)
rng = np.random.default_rng(213)

MANUAL = {
    "mechanics": ["STEP", "CHAIN", "ROLLER", "COMB", "BEARING", "GEARBOX"],
    "electrics": ["MOTOR", "FUSE", "CABLE", "RELAY", "INVERTER", "SENSOR"],
    "cleaning": ["WATER", "GLASS", "OIL", "PAPER", "GUM", "SAND"],
    "glazier": ["PANEL", "BALUSTRADE", "CRACK", "SKIRT", "SCREW", "COVER"],
}
FILLER = ["AT", "THE", "UPPER", "LOWER", "LANDING", "SINCE", "MORNING", "AGAIN", "NOISE", "STOPPED"]
CREWS = list(MANUAL)
WORDS = 8


def report(crew):
    words = list(rng.choice(MANUAL[crew], 4)) + list(rng.choice(FILLER, WORDS - 4))
    rng.shuffle(words)
    return " ".join(words).capitalize() + "."


crew = rng.permutation(np.arange(1200) % len(CREWS))
reports = [report(CREWS[c]) for c in crew]

word_list = sorted({word for words in MANUAL.values() for word in words} | set(FILLER))
vectorize = keras.layers.TextVectorization(vocabulary=word_list, output_sequence_length=WORDS)

tokens = vectorize(tf.constant(reports)).numpy().astype("int32")
print(reports[0], "->", tokens[0])

inputs = keras.Input((WORDS,), dtype="int32")
x = keras.layers.Embedding(len(vectorize.get_vocabulary()), 16)(inputs)
x = keras.layers.GlobalAveragePooling1D()(x)
x = keras.layers.Dense(32, activation="relu")(x)
outputs = keras.layers.Dense(len(CREWS), activation="softmax")(x)
model = keras.Model(inputs, outputs)

model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tokens[:1000], crew[:1000], validation_data=(tokens[1000:], crew[1000:]), batch_size=50, epochs=12, verbose=2)
print(model.predict(tokens[1000:1006], verbose=0).round(3))
