"""Gaussian process for the phosphorus of a field, position of the sample to concentration.

Every third place was sampled twice, so the kernel matrix has equal rows. Is this a problem for the Cholesky factor?
The noise of the laboratory is learned too.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf


def field(places=45, seed=9):
    rng = np.random.default_rng(seed)
    where = rng.uniform(0.0, 1.0, (places, 2))
    where = np.concatenate([where, where[::3]])
    phosphorus = np.sin(4.0 * where[:, 0]) + np.cos(3.0 * where[:, 1]) + rng.normal(0.0, 0.15, len(where))
    phosphorus = (phosphorus - phosphorus.mean()) / phosphorus.std()
    return where.astype("float32"), phosphorus.astype("float32")[:, None]


class FieldProcess(tf.Module):
    def __init__(self):
        super().__init__()
        self.log_length = tf.Variable(-2.0, name="log_length")
        self.log_variance = tf.Variable(0.0, name="log_variance")
        self.raw_noise = tf.Variable(0.5, name="raw_noise")

    @property
    def noise(self):
        return tf.nn.softplus(self.raw_noise) + 1e-3

    def gram(self, where):
        gap = tf.expand_dims(where, 1) - tf.expand_dims(where, 0)
        squared = tf.reduce_sum(gap * gap, axis=-1)
        return tf.exp(self.log_variance - 0.5 * squared * tf.exp(-2.0 * self.log_length))

    def loss(self, where, phosphorus):
        gram = self.gram(where)
        gram += self.noise * tf.eye(len(where))
        factor = tf.linalg.cholesky(gram)
        white = tf.linalg.triangular_solve(factor, phosphorus)
        volume = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(factor)))
        return (0.5 * tf.reduce_sum(white * white) + volume) / len(where)


keras.utils.set_random_seed(9)
where, phosphorus = map(tf.constant, field())
process = FieldProcess()
variables = list(process.trainable_variables)
optimizer = keras.optimizers.Adam(0.05)
optimizer.build(variables)


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        loss = process.loss(where, phosphorus)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for i in range(100):
    value = train_step()
    if i % 20 == 0 or i == 99:
        print(f"{i:3d}  loss {float(value):.4f}  noise {float(process.noise):.4f}")
