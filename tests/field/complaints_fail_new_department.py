"""Routing of citizens' complaints to a department of the town hall, trained on the stream in the order it arrived.

Good accuracy on the first months, then the loss prints inf once and nan ever after. The text of that day looks normal.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

DEPARTMENTS = ["Roads", "Parks", "Waste", "Water", "Licences"]
WORDS = {
    "Roads": "pothole asphalt kerb crossing sign lamp",
    "Parks": "bench tree playground hedge lawn dog",
    "Waste": "bin collection bottle rubbish container sofa",
    "Water": "leak pressure drain sewer meter smell",
    "Licences": "permit market stall terrace form fee",
    "Digital Services": "website login password app form payment",
}
FILLER = "please since week street my the still again near not".split()
BATCH = 32


def complaint(department, rng):
    own = WORDS[department].split()
    words = list(rng.choice(own, 4)) + list(rng.choice(FILLER, 6))
    rng.shuffle(words)
    return " ".join(str(w) for w in words)


def arrivals(total=1280, seed=8):
    rng = np.random.default_rng(seed)
    departments = [DEPARTMENTS[k] for k in rng.integers(0, len(DEPARTMENTS), total)]
    # the reorganisation in autumn
    for position in (690, 700, 905, 1100, 1101, 1230):
        departments[position] = "Digital Services"
    return [complaint(d, rng) for d in departments], departments


class Router:
    def __init__(self, texts, classes):
        self.classes = len(classes)
        self.vectorise = keras.layers.TextVectorization(output_mode="multi_hot")
        self.vectorise.adapt(tf.constant(texts))
        self.lookup = keras.layers.StringLookup(vocabulary=classes)
        self.net = keras.Sequential(
            [
                keras.layers.Dense(32, activation="tanh"),
                keras.layers.Dropout(0.2),
                keras.layers.Dense(self.classes, activation="softmax"),
            ]
        )
        self.optimizer = keras.optimizers.Adam(3e-3)

    def encode(self, texts, departments):
        bags = tf.cast(self.vectorise(tf.constant(texts)), tf.float32)
        # the lookup counts from one because it keeps 0 for itself
        return bags, self.lookup(tf.constant(departments)) - 1

    def loss(self, target, probabilities):
        picked = tf.reduce_sum(tf.one_hot(target, self.classes) * probabilities, axis=-1)
        return -tf.reduce_mean(tf.math.log(picked))  # whynan: label_out_of_range phase=loss rows=18,28 also=log_of_zero

    def learn(self, bags, target):
        with tf.GradientTape() as tape:
            probabilities = self.net(bags, training=True)
            loss = self.loss(target, probabilities)
        weights = self.net.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        hits = tf.equal(tf.argmax(probabilities, axis=-1), target)
        return float(loss), float(tf.reduce_mean(tf.cast(hits, tf.float32)))


def main():
    texts, departments = arrivals()
    router = Router(texts[:600], DEPARTMENTS)
    for start in range(0, len(texts), BATCH):
        batch = router.encode(texts[start : start + BATCH], departments[start : start + BATCH])
        loss, accuracy = router.learn(*batch)
        if (start // BATCH) % 3 == 0:
            print(f"complaint {start:5d}  loss {loss:.3f}  accuracy {accuracy:.2f}")


if __name__ == "__main__":
    main()
