"""Fine-tune the old button sorter (2, 3, 4 or 6 holes) on the new camera.

The old sorter's weights come as one flat float32 file, block after block.
"""
import os
import tempfile

import keras
import numpy as np

keras.utils.set_random_seed(1234)

FILTERS = 16
HOLES = (2, 3, 4, 6)


def write_old_sorter(path):
    """What the line PC left us: conv kernel, conv bias, then the norm layer."""
    rng = np.random.default_rng(8)
    blocks = [
        rng.normal(0, 0.25, (3, 3, 1, FILTERS)),      # kernel
        rng.normal(0, 0.05, FILTERS),                 # bias
        rng.normal(1.0, 0.1, FILTERS),                # scale
        rng.normal(0, 0.1, FILTERS),                  # shift
        rng.gamma(3.0, 0.1, FILTERS),                 # running var
        rng.normal(0.0, 0.4, FILTERS),                # running mean
    ]
    np.concatenate([b.ravel() for b in blocks]).astype("float32").tofile(path)


class FlatReader:
    def __init__(self, path):
        self.data = np.fromfile(path, dtype="float32")
        self.pos = 0

    def take(self, shape):
        size = int(np.prod(shape))
        chunk = self.data[self.pos:self.pos + size].reshape(shape)
        self.pos += size
        return chunk


class ButtonSorter(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = keras.layers.Conv2D(FILTERS, 3, strides=2)
        self.norm = keras.layers.BatchNormalization()
        self.pool = keras.layers.GlobalAveragePooling2D()
        self.head = keras.layers.Dense(len(HOLES))

    def call(self, img, training=None):
        z = self.conv(img)
        z = self.norm(z, training=training)  # whynan: sqrt_of_negative phase=forward
        z = keras.activations.silu(z)
        return self.head(self.pool(z))


def draw_buttons(n, size=20):
    rng = np.random.default_rng(21)
    yy, xx = np.mgrid[:size, :size] - (size - 1) / 2
    disc = (xx ** 2 + yy ** 2 < (0.45 * size) ** 2).astype(float)
    label = rng.integers(0, len(HOLES), n)
    imgs = np.empty((n, size, size, 1), "float32")
    for i in range(n):
        img = disc * rng.uniform(0.5, 1.0)
        turn = rng.uniform(0, 2 * np.pi)
        for k in range(HOLES[label[i]]):
            a = turn + 2 * np.pi * k / HOLES[label[i]]
            hx, hy = 4.0 * np.cos(a), 4.0 * np.sin(a)
            img = np.where((xx - hx) ** 2 + (yy - hy) ** 2 < 1.8, 0.1, img)
        imgs[i, :, :, 0] = img + rng.normal(0, 0.03, img.shape)
    return imgs, label.astype("int32")


with tempfile.TemporaryDirectory() as tmp:
    weights_file = os.path.join(tmp, "sorter_v1.f32")
    write_old_sorter(weights_file)

    sorter = ButtonSorter()
    sorter(np.zeros((1, 20, 20, 1), "float32"))
    reader = FlatReader(weights_file)
    for layer in (sorter.conv, sorter.norm):
        layer.set_weights([reader.take(tuple(w.shape)) for w in layer.weights])
        layer.trainable = False

images, labels = draw_buttons(640)
sorter.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
for step in range(60):
    pick = np.random.randint(0, len(images), 32)
    loss, acc = sorter.train_on_batch(images[pick], labels[pick])
    if step % 10 == 0:
        print(f"step {step:3d}  loss {loss:.4f}  acc {acc:.3f}")
