"""Name the historic pigment from camera RGB of a paint sample.

The first layer holds virtual filters.  Each one is a mixture of the three camera
channels (shares that add up to one), so that a conservator can read them.
"""
import numpy as np
import keras
from keras import layers, ops
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1503)

PIGMENTS = {
    "lead white": (0.92, 0.90, 0.85),
    "azurite": (0.20, 0.38, 0.62),
    "malachite": (0.25, 0.58, 0.45),
    "vermilion": (0.80, 0.22, 0.15),
    "yellow ochre": (0.78, 0.58, 0.25),
    "bone black": (0.10, 0.09, 0.09),
    "madder": (0.60, 0.15, 0.22),
    "verdigris": (0.18, 0.55, 0.52),
}


def paint_samples(per_pigment=220):
    g = np.random.default_rng(1503)
    rgb, name = [], []
    for label, base in enumerate(PIGMENTS.values()):
        varnish = g.uniform(0.0, 0.25, (per_pigment, 1)) * np.array([[0.1, 0.25, 0.6]])
        light = g.normal(1.0, 0.06, (per_pigment, 1))
        sample = np.array(base) * (1.0 - varnish) * light + g.normal(0, 0.015, (per_pigment, 3))
        rgb.append(np.clip(sample, 0.0, 1.0))
        name.append(np.full(per_pigment, label))
    return np.concatenate(rgb).astype("float32"), np.concatenate(name)


class Shares(keras.constraints.Constraint):
    """Columns are shares: nothing below zero, sum one."""

    def __call__(self, w):
        w = ops.maximum(w, 0.0)
        return w / ops.sum(w, axis=0, keepdims=True)  # whynan: divide_by_zero phase=update also=zero_weight_sum

    def get_config(self):
        return {}


rgb, name = paint_samples()
x_train, x_test, y_train, y_test = train_test_split(rgb, name, test_size=0.25, random_state=0, stratify=name)

model = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(48, use_bias=False, kernel_constraint=Shares(), name="filters"),
        layers.Dense(32, activation="tanh"),
        layers.Dense(len(PIGMENTS), activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(2e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    steps_per_execution=5,
)
model.fit(x_train, y_train, batch_size=44, epochs=12, validation_data=(x_test, y_test), verbose=2)

filters = model.get_layer("filters").get_weights()[0]
for j in range(5):
    red, green, blue = filters[:, j]
    print(f"filter {j}: red {red:.2f}  green {green:.2f}  blue {blue:.2f}")
