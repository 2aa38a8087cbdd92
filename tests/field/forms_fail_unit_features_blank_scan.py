"""Transfer learning for handwritten form fields: small conv net trained on digits 0-4,
frozen, features of the new digits 5-9 computed once and a linear head on top.

Pretraining reaches a good accuracy, predict() on the new scans gives no nan,
but the head on the features shows loss: nan right away.
"""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(29)

digits = load_digits()
images = (digits.images / 16.0).astype("float32")[..., None]
old = digits.target < 5
new = ~old

x_old, y_old = images[old], digits.target[old]
x_new, y_new = images[new].copy(), digits.target[new] - 5
x_new[[57, 130, 311]] = 0.0  # the scanner fed an empty sheet, label typed from the paper form


def make_backbone():
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, padding="same", use_bias=False, activation="relu")(inputs)
    x = layers.Conv2D(32, 3, padding="same", use_bias=False, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(48, 3, padding="same", use_bias=False, activation="relu")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="backbone")


# stage 1: pretrain on the digits that we have plenty of
backbone = make_backbone()
pretrain = keras.Sequential([backbone, layers.Dense(5, activation="softmax")])
pretrain.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
pretrain.fit(x_old, y_old, epochs=5, batch_size=32, verbose=2)

# stage 2: freeze, extract, project to the unit sphere (cosine classifier)
backbone.trainable = False
features = backbone.predict(x_new, verbose=0)
print("features", features.shape, "nan:", int(np.isnan(features).sum()), "largest:", float(features.max()))
features = features / np.linalg.norm(features, axis=1, keepdims=True)  # whynan: divide_by_zero phase=data rows=57,130,311 also=nan_in_input

# stage 3: linear head
head = keras.Sequential([
    keras.Input((features.shape[1],)),
    layers.Dense(5, use_bias=False, activation="softmax", kernel_constraint=keras.constraints.MaxNorm(10.0)),
])
head.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
head.fit(features, y_new, epochs=6, batch_size=32, verbose=2)
