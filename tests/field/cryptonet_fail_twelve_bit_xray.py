# Square activations only (the model will be evaluated under homomorphic encryption, so no relu possible).
# With MNIST / 255 it worked, with our detector images the loss is nan in the first batch.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(17)

CONFIG = {
    "side": 8,
    "widths": [32, 32, 32, 32],
    "activation": "square",
    "optimizer": {"learning_rate": 1e-4, "momentum": 0.9},
    "classes": 3,
}


def square(x):
    return ops.square(x)  # whynan: unscaled_input phase=forward also=exploding_gradient,bad_initialization


def cubic(x):
    return x * x * x


ACTIVATIONS = {"square": square, "cubic": cubic, "none": None}


class DetectorImages(keras.utils.PyDataset):
    """12 bit panel, 0 = no signal, 4095 = saturated"""

    def __init__(self, n, side, classes, batch_size=32, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(17)
        self.labels = rng.integers(0, classes, n)
        self.images = rng.integers(0, 4096, (n, side, side, 1)).astype("uint16")
        for k in range(classes):
            mine = self.labels == k
            self.images[mine, 2 * k:2 * k + 2] = np.minimum(self.images[mine, 2 * k:2 * k + 2] + 800, 4095)
        self.batch_size = batch_size

    def __len__(self):
        return len(self.labels) // self.batch_size

    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        return self.images[part].astype("float32"), self.labels[part]


def block(x, width, activation, index):
    return layers.Dense(width, activation=ACTIVATIONS[activation], name=f"block_{index}")(x)


def build(cfg):
    inputs = keras.Input((cfg["side"], cfg["side"], 1))
    x = layers.Flatten()(inputs)
    for i, width in enumerate(cfg["widths"]):
        x = block(x, width, cfg["activation"], i)
    return keras.Model(inputs, layers.Dense(cfg["classes"], name="logits")(x))


model = build(CONFIG)
model.compile(
    optimizer=keras.optimizers.SGD(**CONFIG["optimizer"]),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(DetectorImages(320, CONFIG["side"], CONFIG["classes"]), epochs=2, verbose=2)
