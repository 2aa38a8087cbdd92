# My port of LARS to Keras 3 ("Large Batch Training of Convolutional Networks").
# Head initialised with zeros like in the ImageNet-in-1-hour recipe. SGD works, LARS gives garbage.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(3)


class LARS(keras.optimizers.Optimizer):
    def __init__(self, learning_rate=1.0, momentum=0.9, trust_coefficient=1e-2, name="lars", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.momentum = momentum
        self.trust_coefficient = trust_coefficient

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.velocities = [
            self.add_variable_from_reference(reference_variable=v, name="velocity") for v in variables
        ]

    def _local_rate(self, gradient, variable):
        w_norm = ops.sqrt(ops.sum(ops.square(variable)))
        g_norm = ops.sqrt(ops.sum(ops.square(gradient)))
        return self.trust_coefficient * w_norm / g_norm  # whynan: divide_by_zero phase=update|gradient also=bad_initialization

    def update_step(self, gradient, variable, learning_rate):
        lr = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        v = self.velocities[self._get_variable_index(variable)]
        if len(variable.shape) > 1:          # no adaptation for biases
            lr = lr * self._local_rate(gradient, variable)
        new_v = ops.add(ops.multiply(v, self.momentum), ops.multiply(lr, gradient))
        self.assign(v, new_v)
        self.assign_sub(variable, new_v)


def tiles(n=768):
    rng = np.random.default_rng(0)
    cls = rng.integers(0, 4, n)
    img = rng.normal(0, 0.4, (n, 12, 12, 1))
    for i, c in enumerate(cls):
        r, q = divmod(c, 2)
        img[i, r * 6:r * 6 + 6, q * 6:q * 6 + 6] += 1.0
    return img.astype("float32"), cls.astype("int32")


def build_classifier(classes):
    return keras.Sequential([
        keras.Input((12, 12, 1)),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="gelu"),
        layers.Conv2D(16, 3, strides=2, padding="same", activation="gelu"),
        layers.Flatten(),
        layers.Dense(classes, kernel_initializer="zeros"),
    ])


x, y = tiles()
net = build_classifier(4)
net.compile(optimizer=LARS(learning_rate=0.5),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"])
net.fit(x, y, batch_size=128, epochs=4, verbose=2)
