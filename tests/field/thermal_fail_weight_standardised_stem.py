"""Grading solar cells from single-channel thermograms: intact, hot spot, broken string.

Batch norm was poor with batches of four, so I moved to weight standardisation plus group norm. It works
on our colour photographs, and on the thermograms the loss is nan before anything is learned. The
thermograms are between 0 and 1.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(23)

SIZE = 20


class WSConv2D(layers.Conv2D):
    """Convolution whose filters have mean zero and spread one."""

    def call(self, inputs):
        mean = ops.mean(self.kernel, axis=(0, 1, 2), keepdims=True)
        spread = ops.std(self.kernel, axis=(0, 1, 2), keepdims=True)
        kernel = (self.kernel - mean) / spread  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero,single_element_variance
        fan_in = float(np.prod(self.kernel.shape[:3]))
        x = ops.conv(inputs, kernel / fan_in ** 0.5, strides=self.strides, padding=self.padding)
        return self.activation(x + self.bias)


def block(x, filters, kernel_size, strides=1):
    x = WSConv2D(filters, kernel_size, strides=strides, padding="same")(x)
    x = layers.GroupNormalization(groups=4)(x)
    return layers.Activation("swish")(x)


def thermogram_net(channels, classes=3):
    image = keras.Input((SIZE, SIZE, channels))
    x = block(image, 8, 1)              # pointwise mixing of the channels
    x = block(x, 16, 3, strides=2)
    x = block(x, 16, 3, strides=2)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(classes)(x))


def thermograms(n=160):
    rng = np.random.default_rng(23)
    grade = rng.integers(0, 3, n)
    image = rng.normal(0.35, 0.03, (n, SIZE, SIZE, 1))
    for i, g in enumerate(grade):
        if g == 1:
            r, c = rng.integers(2, SIZE - 4, 2)
            image[i, r:r + 3, c:c + 3] += 0.4
        elif g == 2:
            c = rng.integers(0, SIZE - 4)
            image[i, :, c:c + 4] += 0.2
    return np.clip(image, 0.0, 1.0).astype("float32"), grade


x, y = thermograms()
net = thermogram_net(channels=x.shape[-1])
net.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
net.fit(x, y, batch_size=4, epochs=2, verbose=2)
