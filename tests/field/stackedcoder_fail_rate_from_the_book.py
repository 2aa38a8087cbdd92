"""Homework: the stacked autoencoder with tied weights from the book, on the 8x8 digits.

The book has Fashion-MNIST, sigmoid and binary cross-entropy.  Our digits are grey levels
that go to 16, so the output is linear and the loss "mse", the rest is as in the chapter.
The loss is nan after a few batches, also without the noise and with one layer less.
"""
import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(42)


class DenseTranspose(layers.Layer):
    """Decoder layer that borrows the kernel of an encoder layer."""

    def __init__(self, dense, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.offset = self.add_weight(name="offset", shape=(self.dense.kernel.shape[0],), initializer="zeros")

    def call(self, inputs):
        z = ops.matmul(inputs, ops.transpose(self.dense.kernel))  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=unscaled_input,unscaled_target,exploding_gradient
        return self.activation(z + self.offset)


class RoundedError(keras.metrics.Metric):
    """Share of the pixels that are right after rounding to a grey level."""

    def __init__(self, name="right", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.pixels = self.add_weight(name="pixels", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        same = ops.equal(ops.round(y_true), ops.round(y_pred))
        self.hits.assign_add(ops.sum(ops.cast(same, "float32")))
        self.pixels.assign_add(ops.cast(ops.size(y_true), "float32"))

    def result(self):
        return self.hits / ops.maximum(self.pixels, 1.0)


def pixel_report(x):
    """Some border pixels are always 0, so no plain mean / std here."""
    mean, std = x.mean(axis=0), x.std(axis=0)
    ratio = np.divide(mean, std, out=np.zeros_like(mean), where=std > 0)
    print(f"{int((std == 0).sum())} constant pixels, clearest pixel {ratio.argmax()} with {ratio.max():.2f}")


def corrupt(x, share, rng):
    return np.where(rng.random(x.shape) < share, 0.0, x).astype("float32")


def stacked(n_pixels, sizes=(100, 30)):
    inputs = keras.Input((n_pixels,))
    encoder_layers = [layers.Dense(n, activation="selu") for n in sizes]
    h = inputs
    for layer in encoder_layers:
        h = layer(h)
    code = h
    for layer in reversed(encoder_layers[1:]):
        h = DenseTranspose(layer, activation="selu")(h)
    outputs = DenseTranspose(encoder_layers[0])(h)
    return keras.Model(inputs, code), keras.Model(inputs, outputs)


def separation(code, y):
    """Between class over within class spread in the code, a number for the report."""
    centres = np.stack([code[y == c].mean(axis=0) for c in range(10)])
    within = np.mean([code[y == c].var(axis=0).sum() for c in range(10)])
    return centres.var(axis=0).sum() / (within + 1e-6)


digits = load_digits()
x = digits.data.astype("float32")
x_train, x_valid, y_train, y_valid = train_test_split(x, digits.target, test_size=0.2, stratify=digits.target,
                                                      random_state=0)
pixel_report(x_train)
rng = np.random.default_rng(6)
noisy_train, noisy_valid = corrupt(x_train, 0.1, rng), corrupt(x_valid, 0.1, rng)

encoder, autoencoder = stacked(x.shape[1])
print("separation before", round(float(separation(encoder.predict(x_valid, verbose=0), y_valid)), 4))

autoencoder.compile(
    loss="mse",
    optimizer=keras.optimizers.SGD(learning_rate=1.5),
    metrics=[RoundedError()],
)
history = autoencoder.fit(noisy_train, x_train, epochs=5, batch_size=32, validation_data=(noisy_valid, x_valid), verbose=2)

best = np.nanmin(np.append(history.history["val_loss"], 1e9))
print("best validation error", best)
