"""Hardness of the rock between boreholes, Gaussian process with 24 anchor points. Every single step prints
"Cholesky decomposition was not successful ... Filling lower-triangular output with NaNs" to the console. The error
goes down nevertheless. Can the NaN reach my length scale?
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)


def drill_cores(n=300):
    place = rng.random((n, 2))
    hardness = np.sin(4.0 * place[:, 0]) + np.cos(5.0 * place[:, 1]) * place[:, 0] + 0.1 * rng.normal(size=n)
    return place.astype("float32"), hardness.reshape(-1, 1).astype("float32")


def anchors(count=24):
    points = rng.random((count, 2))
    points[1] = points[0]  # B-01 was drilled a second time, same hole
    return points.astype("float32")


class AnchoredGP:
    JITTERS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)

    def __init__(self, points):
        self.points = tf.constant(points)
        self.log_length = keras.Variable(np.float32(np.log(0.25)), name="log_length")
        self.coefficients = keras.Variable(np.zeros((len(points), 1), "float32"), name="coefficients")
        self.level = keras.Variable(np.float32(0.0), name="level")

    @property
    def variables(self):
        return [self.log_length, self.coefficients, self.level]

    def kernel(self, a, b):
        squared = tf.reduce_sum(tf.square(a[:, None, :] - b[None, :, :]), axis=-1)
        return tf.exp(-0.5 * squared / tf.exp(2.0 * self.log_length))

    def factor(self, matrix):
        eye = tf.eye(matrix.shape[0])
        for jitter in self.JITTERS:
            lower = tf.linalg.cholesky(matrix + jitter * eye)
            smallest = tf.reduce_min(tf.linalg.diag_part(lower))
            if bool(tf.reduce_all(tf.math.is_finite(lower))) and float(smallest) > 5e-3:
                return lower, jitter
        raise RuntimeError("anchors cannot be factorised")

    def __call__(self, place):
        lower, self.used = self.factor(self.kernel(self.points, self.points))
        features = tf.linalg.triangular_solve(lower, self.kernel(self.points, place))
        return tf.matmul(features, self.coefficients, transpose_a=True) + self.level


def main(steps=120):
    place, hardness = drill_cores()
    gp = AnchoredGP(anchors())
    optimizer = keras.optimizers.Adam(0.03)
    optimizer.build(gp.variables)
    for step in range(1, steps + 1):
        with tf.GradientTape() as tape:
            misfit = tf.reduce_mean(tf.square(hardness - gp(place)))
            loss = misfit + 1e-3 * tf.reduce_mean(tf.square(gp.coefficients))
        gradients = tape.gradient(loss, gp.variables)
        optimizer.apply_gradients(zip(gradients, gp.variables))  # whynan: healthy
        if step % 20 == 0:
            length = float(tf.exp(tf.convert_to_tensor(gp.log_length)))
            print(f"step {step:3d}  misfit {float(misfit):.4f}  length {length:.3f}  jitter {gp.used:g}")


if __name__ == "__main__":
    main()
