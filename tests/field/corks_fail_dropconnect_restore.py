"""Sorting natural cork stoppers into three qualities.

The network overfits a little, so I added DropConnect: in every batch a random fifth of the connections is switched off.
Keras has no layer for that, therefore a callback does it before the batch and puts the connections back afterwards.
For some dozen batches the accuracy rises as before, then the loss climbs and turns into nan. Without the callback: fine.
"""
import keras
import numpy as np


class CorkBatches(keras.utils.PyDataset):
    """Measured stoppers with a little camera noise on every look."""

    def __init__(self, features, labels, batch_size, noise=0.05, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.features, self.labels = features, labels
        self.batch_size, self.noise = batch_size, noise
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return len(self.features) // self.batch_size

    def __getitem__(self, index):
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        x = self.features[rows]
        x = x + self.rng.normal(0.0, self.noise, x.shape).astype("float32")
        return x, self.labels[rows]


class DropConnect(keras.callbacks.Callback):
    """Switches connections off for one batch; the others are made stronger so that the sums stay what they were."""

    def __init__(self, keep=0.8, seed=0):
        super().__init__()
        self.keep = keep
        self.rng = np.random.default_rng(seed)
        self.switched = []

    def on_train_batch_begin(self, batch, logs=None):
        self.switched = []
        for layer in self.model.layers:
            if not isinstance(layer, keras.layers.Dense):
                continue
            kernel = layer.kernel.numpy()
            mask = self.rng.random(kernel.shape) < self.keep
            layer.kernel.assign((kernel * mask / self.keep).astype("float32"))
            self.switched.append((layer, kernel, mask))

    def on_train_batch_end(self, batch, logs=None):
        for layer, before, mask in self.switched:
            trained = layer.kernel.numpy()
            # dropped connections did not take part, they get back what they had
            layer.kernel.assign(np.where(mask, trained, before))


def measure_stoppers(n=960, seed=14):
    """Pore share, largest pore, channels, density ... of stoppers, judged by a sorter."""
    rng = np.random.default_rng(seed)
    quality = rng.integers(0, 3, n)
    names = ["pores", "largest", "channels", "density", "green", "worm", "belly", "gloss", "end_a", "end_b"]
    centres = rng.normal(0.0, 0.7, (3, len(names)))
    features = centres[quality] + rng.normal(0.0, 1.0, (n, len(names)))
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    return features.astype("float32"), quality.astype("int32")


def build(n_features):
    model = keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dense(24, activation="relu"),
            keras.layers.Dense(3),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.02),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    keras.utils.set_random_seed(14)
    stoppers, quality = measure_stoppers()
    batches = CorkBatches(stoppers, quality, batch_size=32, seed=14)
    sorter = build(stoppers.shape[1])
    sorter.fit(batches, epochs=26, shuffle=False, callbacks=[DropConnect(keep=0.8, seed=14)], verbose=2)  # whynan: exploding_gradient phase=forward|loss|gradient|update
    print("predicted:", np.argmax(sorter.predict(stoppers[:10], verbose=0), axis=1))
