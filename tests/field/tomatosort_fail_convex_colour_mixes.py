"""Ripeness of tomatoes from small crops. The first layer learns 64 "grey conversions" of RGB: weights >= 0, sum 1.

I wrote the constraint myself. Batch 1 has loss 1.10, which is right for 3 classes, and every batch after it is nan.
Without the constraint it learns. The gradients of the first batch are small, I printed them.
"""
import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(29)

CLASSES = ["green", "turning", "red"]
CROP = 16


class ConvexMix(keras.constraints.Constraint):
    """Every output channel is a convex combination of its input channels."""

    def __init__(self, axis=-2):
        self.axis = axis

    def __call__(self, w):
        w = ops.maximum(w, 0.0)
        return w / ops.sum(w, axis=self.axis, keepdims=True)  # whynan: divide_by_zero phase=update also=zero_weight_sum

    def get_config(self):
        return {"axis": self.axis}


class Tomatoes(keras.utils.PyDataset):
    BASE = np.array([[0.35, 0.60, 0.20], [0.75, 0.55, 0.20], [0.80, 0.18, 0.15]])

    def __init__(self, count, batch_size, seed, **kwargs):
        super().__init__(**kwargs)
        rng = np.random.default_rng(seed)
        self.labels = rng.integers(0, 3, size=count)
        light = rng.uniform(0.6, 1.1, size=(count, 1, 1, 1))
        texture = 0.06 * rng.normal(size=(count, CROP, CROP, 3))
        colour = self.BASE[self.labels][:, None, None, :] + 0.05 * rng.normal(size=(count, 1, 1, 3))
        self.crops = np.clip(light * colour + texture, 0, 1).astype("float32")
        self.batch_size = batch_size

    def __len__(self):
        return int(np.ceil(len(self.labels) / self.batch_size))

    def __getitem__(self, index):
        part = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return self.crops[part], self.labels[part]


class BatchLog(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 3 and self.params.get("epochs"):
            print(f"  batch {batch}: loss {logs['loss']:.4f}")


def build(mixes=64):
    return keras.Sequential(
        [
            layers.Input((CROP, CROP, 3)),
            layers.Conv2D(mixes, 1, use_bias=False, kernel_constraint=ConvexMix(), name="grey_mixes"),
            layers.Conv2D(16, 3, activation="swish"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="swish"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(len(CLASSES), activation="softmax"),
        ]
    )


model = build()
model.compile(
    optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(
    Tomatoes(256, 16, seed=1),
    validation_data=Tomatoes(64, 16, seed=2),
    epochs=3,
    callbacks=[BatchLog()],
    verbose=2,
)
