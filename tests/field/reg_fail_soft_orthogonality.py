"""Soft orthogonality penalty as in 'Can We Gain More from Orthogonality Regularizations'. With beta=10 ok, beta=100 -> nan."""
import numpy as np
import keras
from keras import ops, layers

keras.utils.set_random_seed(8)


class SoftOrtho(keras.regularizers.Regularizer):
    def __init__(self, beta):
        self.beta = beta

    def __call__(self, w):
        eye = ops.eye(w.shape[-1])
        return self.beta * ops.sum(ops.square(ops.matmul(ops.transpose(w), w) - eye))  # whynan: regularization_too_large phase=loss also=learning_rate_too_high,exploding_gradient

    def get_config(self):
        return {"beta": self.beta}


def load_wine_like(n=400, d=32, k=3):
    rng = np.random.default_rng(10)
    centers = rng.normal(scale=1.5, size=(k, d))
    y = rng.integers(0, k, n)
    x = centers[y] + rng.normal(size=(n, d))
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), y


X, y = load_wine_like()

inputs = keras.Input((32,), name="features")
h = layers.Dense(16, activation="tanh", kernel_regularizer=SoftOrtho(beta=100.0), name="ortho")(inputs)
h = layers.Dropout(0.1)(h)
outputs = layers.Dense(3, activation="softmax")(h)
clf = keras.Model(inputs, outputs)

clf.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01),
            loss="sparse_categorical_crossentropy", metrics=["accuracy"])
clf.fit(X, y, validation_split=0.2, epochs=8, batch_size=32, verbose=2)
