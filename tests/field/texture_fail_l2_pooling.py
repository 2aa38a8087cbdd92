"""Surface texture classifier.

Started from the "image classification from scratch" tutorial, then I replaced every
MaxPooling2D by the L2 pooling of the DISTS paper (should alias less).
"""
import argparse
import logging

import numpy as np
import keras
from keras import layers, ops

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
log = logging.getLogger("texture")


def parse_args():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--size", type=int, default=32)
    return parser.parse_args()


def render_patch(rng, kind, side=12):
    yy, xx = np.mgrid[0:side, 0:side].astype("float32")
    freq = rng.uniform(0.8, 1.4)
    if kind == 0:
        wave = np.sin(freq * xx)
    elif kind == 1:
        wave = np.sin(freq * yy)
    else:
        wave = np.sin(freq * xx) * np.sin(freq * yy)
    return 0.5 + 0.4 * wave + rng.normal(0, 0.02, wave.shape)


def make_dataset(n, size, seed):
    # the part is cut out by the camera software and put on a black canvas
    rng = np.random.default_rng(seed)
    images = np.zeros((n, size, size, 1), "float32")
    labels = rng.integers(0, 3, n)
    for i, kind in enumerate(labels):
        top, left = rng.integers(2, size - 14, 2)
        images[i, top:top + 12, left:left + 12, 0] = render_patch(rng, kind)
    return images, labels.astype("int32")


class L2Pooling2D(layers.Layer):
    """sqrt of the local energy, see Ding et al. 2020, eq. 4"""

    def __init__(self, pool_size=2, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = pool_size

    def local_energy(self, x):
        return ops.average_pool(ops.square(x), self.pool_size, strides=self.pool_size, padding="valid")

    def call(self, x):
        return ops.sqrt(self.local_energy(x))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero

    def get_config(self):
        return {**super().get_config(), "pool_size": self.pool_size}


def conv_block(x, filters, name):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"{name}_conv")(x)
    return L2Pooling2D(2, name=f"{name}_pool")(x)


def build_model(size, num_classes=3):
    inputs = keras.Input((size, size, 1))
    x = conv_block(inputs, 16, "block1")
    x = conv_block(x, 32, "block2")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def main():
    args = parse_args()
    keras.utils.set_random_seed(11)
    x_train, y_train = make_dataset(384, args.size, seed=1)
    x_val, y_val = make_dataset(96, args.size, seed=2)
    log.info("train %s val %s", x_train.shape, x_val.shape)
    model = build_model(args.size)
    model.compile(
        optimizer=keras.optimizers.Adam(args.lr),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(
        x_train, y_train,
        validation_data=(x_val, y_val),
        batch_size=args.batch_size,
        epochs=args.epochs,
        callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)],
        verbose=2,
    )


if __name__ == "__main__":
    main()
