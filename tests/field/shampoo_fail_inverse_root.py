"""My own Shampoo optimizer (matrix preconditioning) on the diabetes data.

The first steps, before the preconditioners are refreshed for the first time, lower the loss. The step after the first
refresh is nan. The statistics are symmetric, I add epsilon to the diagonal and the gradients are ordinary numbers.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(14)


class Shampoo:
    def __init__(self, variables, rate=0.5, refresh=10, epsilon=1e-6):
        self.variables = variables
        self.rate, self.refresh, self.epsilon = rate, refresh, epsilon
        self.count = 0
        self.stats, self.roots = {}, {}
        for i, v in enumerate(variables):
            if len(v.shape) == 2:
                self.stats[i] = [tf.zeros((size, size)) for size in v.shape]
                self.roots[i] = [tf.eye(size) for size in v.shape]

    def inverse_fourth_root(self, stat):
        damped = stat + self.epsilon * tf.eye(stat.shape[0])
        values, vectors = tf.linalg.eigh(damped)
        return tf.matmul(vectors * tf.pow(values, -0.25), vectors, transpose_b=True)  # whynan: pow_domain phase=update also=sqrt_of_negative,catastrophic_cancellation

    def apply(self, grads):
        self.count += 1
        for i, (v, g) in enumerate(zip(self.variables, grads)):
            direction = g
            if i in self.stats:
                left, right = self.stats[i]
                left += tf.matmul(g, g, transpose_b=True)
                right += tf.matmul(g, g, transpose_a=True)
                self.stats[i] = [left, right]
                if self.count % self.refresh == 0:
                    self.roots[i] = [self.inverse_fourth_root(left), self.inverse_fourth_root(right)]
                direction = tf.matmul(tf.matmul(self.roots[i][0], g), self.roots[i][1])
            # the length of the step is set by the rate alone
            v.assign(v - self.rate * direction / (tf.norm(direction) + 1e-12))


def load():
    data = load_diabetes()
    x = StandardScaler().fit_transform(data.data).astype("float32")
    return x, data.target.astype("float32")[:, None]


def batches(x, y, size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x) - size + 1, size):
        rows = order[start:start + size]
        yield tf.constant(x[rows]), tf.constant(y[rows])


def main():
    x, y = load()
    rng = np.random.default_rng(0)
    model = keras.Sequential([
        keras.Input((x.shape[1],)),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1),
    ])
    optimizer = Shampoo(model.trainable_variables)
    for epoch in range(6):
        seen = []
        for xb, yb in batches(x, y, 32, rng):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(xb, training=True) - yb))
            if not np.isfinite(float(loss)):
                print(f"epoch {epoch}, step {optimizer.count}: loss is {float(loss)}, giving up")
                return
            optimizer.apply(tape.gradient(loss, model.trainable_variables))
            seen.append(float(loss))
        print(f"epoch {epoch} rmse {np.sqrt(np.mean(seen)):.2f}")


main()
