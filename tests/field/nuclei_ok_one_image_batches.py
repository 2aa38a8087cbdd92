"""Segmentation of cell nuclei.  The microscope images differ in size in reality, so we must feed them one by one.

Everybody tells me that BatchNormalization with a batch of one divides by a zero variance.  There is even one behind
the global pooling, where it sees a single vector.  Loss goes down but I am afraid of a time bomb.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(5)
SIZE = 32


class Slides(keras.utils.PyDataset):
    def __init__(self, n, seed, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.images, self.masks = [], []
        yy, xx = np.mgrid[:SIZE, :SIZE]
        for _ in range(n):
            mask = np.zeros((SIZE, SIZE), bool)
            for _ in range(rng.integers(0, 6)):                     # some fields of view are empty
                cy, cx, r = rng.uniform(3, SIZE - 3), rng.uniform(3, SIZE - 3), rng.uniform(2.0, 5.0)
                mask |= (yy - cy) ** 2 + (xx - cx) ** 2 < r ** 2
            stain = rng.uniform(0.35, 0.6)
            image = 0.15 + stain * mask + rng.normal(0, 0.06, mask.shape)
            self.images.append(image[..., None].astype("float32"))
            self.masks.append(mask[..., None].astype("float32"))

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return self.images[i][None], self.masks[i][None]


def conv(x, filters, name):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def build():
    image = keras.Input((SIZE, SIZE, 1))
    fine = conv(image, 8, "fine")
    coarse = conv(layers.MaxPooling2D()(fine), 16, "coarse")
    context = layers.GlobalAveragePooling2D()(coarse)
    context = layers.Dense(16, use_bias=False, name="squeeze")(context)
    context = layers.BatchNormalization(momentum=0.9, name="context_bn")(context)
    gate = layers.Reshape((1, 1, 16))(layers.Activation("sigmoid")(context))
    coarse = layers.Multiply()([coarse, gate])
    merged = layers.Concatenate()([layers.UpSampling2D()(coarse), fine])
    merged = conv(merged, 8, "merged")
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid", name="nucleus")(merged))


def bce_dice(y_true, y_pred):
    pixel = tf.reduce_mean(keras.losses.binary_crossentropy(y_true, y_pred), axis=[1, 2])
    overlap = tf.reduce_sum(y_true * y_pred, axis=[1, 2, 3])
    total = tf.reduce_sum(y_true + y_pred, axis=[1, 2, 3])
    return pixel + 1.0 - (2.0 * overlap + 1.0) / (total + 1.0)


model = build()
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=bce_dice,
    metrics=[keras.metrics.BinaryIoU(target_class_ids=[1], threshold=0.5, name="iou")],
    jit_compile=False,
)
history = model.fit(Slides(48, seed=1), epochs=4, validation_data=Slides(10, seed=2), verbose=2)
print("moving variance behind the pooling:", model.get_layer("context_bn").get_weights()[3].round(6))
