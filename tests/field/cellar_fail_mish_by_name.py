"""Which of three growers a wine comes from, comparing a few activation functions.

relu and tanh train (not well, but they train). With mish the loss of the first batch is an ordinary number and
every loss after it is nan.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_wine

ACTIVATIONS = {
    "relu": tf.nn.relu,
    "tanh": tf.tanh,
    "bent": lambda x: x + 0.5 * (tf.sqrt(tf.square(x) + 1.0) - 1.0),
    "mish": lambda x: x * tf.tanh(tf.math.log(1.0 + tf.exp(x))),  # whynan: exp_overflow phase=gradient|forward also=unscaled_input
}


class Study:
    batch_size = 24
    units = (32, 16)
    learning_rate = 1e-3

    def __init__(self, activation, seed=0):
        keras.utils.set_random_seed(seed)
        self.activation = activation
        self.model = self._network()
        self.rng = np.random.default_rng(seed)

    def _network(self):
        model = keras.Sequential([keras.Input((13,))])
        for units in self.units:
            model.add(layers.Dense(units, activation=ACTIVATIONS[self.activation]))
        model.add(layers.Dense(3))
        model.compile(
            optimizer=keras.optimizers.Adam(self.learning_rate, clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        return model

    def batches(self, labels):
        """Row lists in which every grower is present in proportion."""
        by_grower = [self.rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
        count = len(labels) // self.batch_size
        return [np.concatenate([rows[start::count] for rows in by_grower]) for start in range(count)]

    def run(self, x, labels, epochs=5):
        losses = []
        for _ in range(epochs):
            for rows in self.batches(labels):
                losses.append(float(self.model.train_on_batch(x[rows], labels[rows])))
        return losses


def main(names=("mish",)):
    measurements, grower = load_wine(return_X_y=True)
    measurements = measurements.astype("float32")
    for name in names:
        losses = Study(name).run(measurements, grower.astype("int32"))
        print(name, "first", np.round(losses[:4], 3), "last", np.round(losses[-3:], 3))


if __name__ == "__main__":
    main()
