"""Rare positives; output bias starts at the log odds of the base rate, so nothing is predicted positive in the beginning
and my precision is 0/0 for a while. Loss and weights don't care."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(50)


class RawPrecision(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="precision", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        hit = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "float32")
        self.tp.assign_add(ops.sum(hit * y_true))
        self.fp.assign_add(ops.sum(hit * (1.0 - y_true)))

    def result(self):
        return self.tp / (self.tp + self.fp)          # NaN until the first alarm

    def reset_state(self):
        self.tp.assign(0.0)
        self.fp.assign(0.0)


rng = np.random.default_rng(50)
x = rng.normal(size=(800, 6)).astype("float32")
y = (x[:, 0] + x[:, 1] > 2.4).astype("float32")
base = y.mean()
model = keras.Sequential([
    layers.Dense(16, activation="relu"),
    layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(float(np.log(base / (1 - base))) - 4.0)),
])
model.compile(keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=[RawPrecision()])
h = model.fit(x, y, batch_size=40, epochs=10, verbose=0)
for loss, p in zip(h.history["loss"], h.history["precision"]):
    print(f"loss {loss:.4f} precision {p}")
# whynan: side_nonfinite
