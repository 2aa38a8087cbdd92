"""Deep CCA for a stream survey: one network for the insect larvae, one for the water chemistry, each with its own
optimizer.

During the first epoch the shared correlation climbs nicely. At the very end of that epoch it is suddenly nan, and both
networks with it. A smaller learning rate only makes the climb slower, the nan comes at the same place.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.preprocessing import StandardScaler

CONFIG = {
    "seed": 61,
    "sites": 773,
    "shared_dim": 12,
    "batch": 64,
    "epochs": 6,
    "larvae": {"units": 32, "rate": 1e-3},
    "chemistry": {"units": 24, "rate": 5e-4},
}
RIDGE = 1e-9


def survey(sites, seed):
    """Log counts of 20 taxa and 10 chemical readings that depend on the same four gradients."""
    rng = np.random.default_rng(seed)
    gradients = rng.normal(size=(sites, 4))
    taxa = np.tanh(gradients @ rng.normal(0, 0.8, (4, 20))) + rng.normal(0, 0.4, (sites, 20))
    chemistry = gradients @ rng.normal(0, 0.7, (4, 10)) + rng.normal(0, 0.5, (sites, 10))
    scale = lambda table: StandardScaler().fit_transform(table).astype("float32")
    return scale(taxa), scale(chemistry)


def encoder(columns, units, shared_dim):
    return keras.Sequential([
        keras.Input((columns,)),
        keras.layers.Dense(units, activation="tanh"),
        keras.layers.Dense(shared_dim),
    ])


def inverse_root(matrix):
    values, vectors = tf.linalg.eigh(matrix + RIDGE * tf.eye(tf.shape(matrix)[0]))
    return tf.matmul(vectors / tf.sqrt(values), vectors, transpose_b=True)  # whynan: sqrt_of_negative phase=forward|loss also=catastrophic_cancellation,degenerate_eigenvalues,divide_by_zero


def shared_correlation(a, b):
    """Sum of the squared canonical correlations of two embeddings of the same sites."""
    degrees = tf.cast(tf.shape(a)[0] - 1, tf.float32)
    a = a - tf.reduce_mean(a, axis=0, keepdims=True)
    b = b - tf.reduce_mean(b, axis=0, keepdims=True)
    within_a = tf.matmul(a, a, transpose_a=True) / degrees
    within_b = tf.matmul(b, b, transpose_a=True) / degrees
    between = tf.matmul(a, b, transpose_a=True) / degrees
    whitened = tf.matmul(tf.matmul(inverse_root(within_a), between), inverse_root(within_b))
    return tf.reduce_sum(tf.square(whitened))


class TwoViews:
    def __init__(self, config, columns_larvae, columns_chemistry):
        dim = config["shared_dim"]
        self.larvae = encoder(columns_larvae, config["larvae"]["units"], dim)
        self.chemistry = encoder(columns_chemistry, config["chemistry"]["units"], dim)
        self.pairs = [
            (self.larvae, keras.optimizers.Adam(config["larvae"]["rate"])),
            (self.chemistry, keras.optimizers.RMSprop(config["chemistry"]["rate"])),
        ]

    def step(self, taxa, chemistry):
        with tf.GradientTape(persistent=True) as tape:
            shared = shared_correlation(self.larvae(taxa, training=True), self.chemistry(chemistry, training=True))
            loss = -shared
        for net, optimizer in self.pairs:
            grads = tape.gradient(loss, net.trainable_variables)
            optimizer.apply_gradients(zip(grads, net.trainable_variables))
        del tape
        return float(shared)


def main(config):
    keras.utils.set_random_seed(config["seed"])
    taxa, chemistry = survey(config["sites"], config["seed"])
    batches = tf.data.Dataset.from_tensor_slices((taxa, chemistry))
    batches = batches.shuffle(config["sites"], seed=config["seed"]).batch(config["batch"])
    model = TwoViews(config, taxa.shape[1], chemistry.shape[1])
    for epoch in range(config["epochs"]):
        history = []
        for number, (a, b) in enumerate(batches):
            history.append(model.step(a, b))
            if np.isnan(history[-1]):
                print(f"epoch {epoch + 1}, step {number + 1}: nan, I stop here. Before:", np.round(history[-6:-1], 3))
                return
        print(f"epoch {epoch + 1}: shared correlation {np.mean(history):.3f} of {config['shared_dim']}")


main(CONFIG)
