"""Gravel grading: predict the sieve class of a sample from 30 image descriptors.

Uses the soft orthogonality penalty of Bansal et al. (NeurIPS 2018) on the middle layer.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(5)


class SoftOrthogonality(keras.regularizers.Regularizer):
    """strength * || W'W - I ||_F^2"""

    def __init__(self, strength):
        self.strength = float(strength)

    def __call__(self, w):
        w = tf.convert_to_tensor(w)
        gram = tf.matmul(w, w, transpose_a=True)
        diff = gram - tf.eye(w.shape[1])
        return self.strength * tf.reduce_sum(tf.square(diff))  # whynan: regularization_too_large phase=loss|forward

    def get_config(self):
        return {"strength": self.strength}


def make_samples(n=1800, d=30, n_classes=5):
    gen = np.random.default_rng(5)
    d50 = gen.lognormal(np.log(9.0), 0.6, n)
    angular = gen.beta(4, 3, n)
    moist = gen.uniform(0, 0.12, n)
    latent = np.c_[np.log(d50), angular, moist, np.log(d50) * angular]
    mix = gen.normal(size=(latent.shape[1], d))
    desc = latent @ mix + 0.3 * gen.normal(size=(n, d))
    edges = np.quantile(d50, np.linspace(0, 1, n_classes + 1)[1:-1])
    return desc, np.digitize(d50, edges)


def grading_net(d, k, strength):
    inp = keras.Input((d,))
    h = keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal")(inp)
    h = keras.layers.Dense(
        64, activation="relu", kernel_regularizer=SoftOrthogonality(strength)
    )(h)
    return keras.Model(inp, keras.layers.Dense(k)(h))


def main():
    X, y = make_samples()
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=0)
    scaler = StandardScaler().fit(X_tr)
    X_tr = scaler.transform(X_tr).astype("float32")
    X_te = scaler.transform(X_te).astype("float32")

    net = grading_net(X_tr.shape[1], 5, strength=1e3)
    net.compile(
        optimizer=keras.optimizers.SGD(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    net.fit(X_tr, y_tr, epochs=5, batch_size=32, validation_data=(X_te, y_te), verbose=2)

    kernel = net.layers[2].get_weights()[0]
    gram = kernel.T @ kernel
    off = np.abs(gram - np.diag(np.diag(gram))).mean()
    print("mean off-diagonal of the gram matrix:", off)
    print("test accuracy:", net.evaluate(X_te, y_te, verbose=0)[1])


if __name__ == "__main__":
    main()
