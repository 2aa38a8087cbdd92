"""Facies along boreholes from four wireline logs: convolution plus a linear-chain CRF that I wrote myself.

The likelihood of the facies sequence is the score of the path divided by the sum over all paths. It learns very well
for several epochs (the nll goes down quickly) and then shows inf and after that nan. It happens when the model is
already good, never at the beginning, and sooner with a larger learning rate.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(17)

FACIES = ("clay", "silt", "fine sand", "coarse sand", "peat", "marl")
SAMPLES = 36  # one reading every half metre
K = len(FACIES)


def make_boreholes(count=200, seed=17):
    rng = np.random.default_rng(seed)
    response = rng.normal(0.0, 1.5, (K, 4))  # gamma, density, neutron, resistivity
    facies = np.zeros((count, SAMPLES), "int32")
    facies[:, 0] = rng.integers(0, K, count)
    for j in range(1, SAMPLES):
        stay = rng.random(count) < 0.85
        facies[:, j] = np.where(stay, facies[:, j - 1], rng.integers(0, K, count))
    logs = response[facies] + rng.normal(0.0, 0.7, (count, SAMPLES, 4))
    return logs.astype("float32"), facies


class FaciesCRF(keras.Model):
    def __init__(self, filters=32):
        super().__init__()
        self.features = keras.Sequential([
            keras.Input((SAMPLES, 4)),
            keras.layers.Conv1D(filters, 3, padding="same", activation="tanh"),
            keras.layers.Conv1D(filters, 1, activation="tanh"),
            keras.layers.Dense(K),
        ])
        self.transition = self.add_weight(shape=(K, K), initializer="zeros", name="transition")
        self.nll = keras.metrics.Mean(name="nll")
        self.hits = keras.metrics.Mean(name="pointwise_accuracy")

    @property
    def metrics(self):
        return [self.nll, self.hits]

    def call(self, logs):
        return self.features(logs)

    def path_score(self, unary, tags):
        emitted = tf.reduce_sum(unary * tags, axis=[1, 2])
        moved = tf.einsum("nti,ij,ntj->n", tags[:, :-1], tf.convert_to_tensor(self.transition), tags[:, 1:])
        return emitted + moved

    def log_partition(self, unary):
        """Sum over all paths, from the top of the borehole to the bottom."""
        move = tf.exp(tf.convert_to_tensor(self.transition))
        paths = tf.exp(unary[:, 0])
        for j in range(1, SAMPLES):
            paths = tf.matmul(paths, move) * tf.exp(unary[:, j])  # whynan: exp_overflow phase=forward|loss
        return tf.math.log(tf.reduce_sum(paths, axis=1) + 1e-12)

    def train_step(self, data):
        logs, facies = data
        tags = tf.one_hot(facies, K)
        with tf.GradientTape() as tape:
            unary = self(logs, training=True)
            loss = tf.reduce_mean(self.log_partition(unary) - self.path_score(unary, tags))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        guess = tf.argmax(unary, axis=-1, output_type=tf.int32)
        self.nll.update_state(loss)
        self.hits.update_state(tf.cast(tf.equal(guess, facies), tf.float32))
        return {m.name: m.result() for m in self.metrics}


def main():
    logs, facies = make_boreholes()
    crf = FaciesCRF()
    crf.compile(optimizer=keras.optimizers.Adam(5e-3))
    history = crf.fit(logs, facies, batch_size=20, epochs=30, verbose=0)
    for epoch, value in enumerate(history.history["nll"]):
        print(f"epoch {epoch:2d}  nll per borehole {value:.3f}")
    print("transition from clay:", np.round(crf.transition.numpy()[0], 2))


if __name__ == "__main__":
    main()
