"""Semi-supervised regression: only some stations report a target; the others have weight 0."""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(4)


class StationModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(1)

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        err = ops.square(y - y_pred)[:, 0]
        w = ops.cast(sample_weight, err.dtype)
        return ops.sum(w * err) / ops.sum(w)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,empty_reduction


x = np.random.normal(size=(192, 5)).astype("float32")
y = (x @ np.array([1.0, -2.0, 0.5, 0.0, 3.0], "float32"))[:, None]
reported = (np.random.rand(192) < 0.6).astype("float32")
reported[96:128] = 0.0       # the network was down for these hours

model = StationModel()
model.compile(optimizer="adam")
hist = model.fit(x, y, sample_weight=reported, batch_size=32, epochs=2, shuffle=False, verbose=2)
print(hist.history["loss"])
