"""Network intrusion classes, heavily imbalanced -> inverse frequency sample weights."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(27)
rng = np.random.default_rng(27)

CLASSES = ["normal", "dos", "probe", "r2l", "u2r"]
n = 800
y = rng.choice(4, size=n, p=[0.6, 0.2, 0.15, 0.05])
y[[620, 701]] = 4                       # u2r is extremely rare
X = (rng.normal(0, 1, (n, 10)) + y[:, None] * 0.4).astype("float32")


def inverse_frequency(labels, k):
    """Weights from the first 500 rows, the rest comes in later by streaming."""
    freq = np.bincount(labels[:500], minlength=k)
    return freq.sum() / (k * freq)  # whynan: divide_by_zero phase=data rows=620,701 also=inf_in_input


class_w = inverse_frequency(y, len(CLASSES))
sample_weight = class_w[y].astype("float32")

model = keras.Sequential([
    keras.Input((10,)),
    layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
    layers.Dropout(0.2),
    layers.Dense(len(CLASSES), activation="softmax"),
])
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss="sparse_categorical_crossentropy",
    weighted_metrics=["accuracy"],
)
model.fit(X, y, sample_weight=sample_weight, epochs=3, batch_size=64, verbose=2)
