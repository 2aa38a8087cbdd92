"""Occupied or empty? Classifier that has to fit into a radiator thermostat (64 kB flash).

Gradual magnitude pruning during training, then export of the sparse kernels.
"""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(41)


def room_hours(n=1800):
    rng = np.random.default_rng(41)
    occupied = rng.integers(0, 2, n)
    hour = rng.integers(0, 24, n)
    x = np.column_stack([
        19.5 + 1.2 * occupied + rng.normal(0, 0.9, n),        # room temperature
        rng.normal(8, 5, n),                                  # outside
        620 + 280 * occupied + rng.normal(0, 160, n),         # co2
        44 + 4 * occupied + rng.normal(0, 5, n),              # humidity
        rng.poisson(0.4 + 2.0 * occupied),                    # door openings
        rng.exponential(20 + 90 * occupied),                  # light
        np.sin(hour / 12 * np.pi),
        np.cos(hour / 12 * np.pi),
        rng.uniform(0, 100, n),                               # valve
        rng.normal(45, 6, n),                                 # flow temperature
        rng.normal(3.1, 0.1, n),                              # cell voltage
        rng.normal(-64, 7, n),                                # rssi
    ])
    return x.astype("float32"), occupied.astype("float32")


class GradualPruning(keras.callbacks.Callback):
    """After each epoch zero the smallest weights and give every neuron unit length again."""

    def __init__(self, names, target=0.95, ramp=6):
        super().__init__()
        self.names = names
        self.target = target
        self.ramp = ramp

    def share(self, epoch):
        return self.target * min(1.0, (epoch + 1) / self.ramp)

    def on_epoch_end(self, epoch, logs=None):
        for name in self.names:
            layer = self.model.get_layer(name)
            kernel, bias = layer.get_weights()
            cut = np.quantile(np.abs(kernel), self.share(epoch))
            kernel = np.where(np.abs(kernel) < cut, np.float32(0), kernel)
            kernel = kernel / np.linalg.norm(kernel, axis=0, keepdims=True)  # whynan: divide_by_zero phase=update
            layer.set_weights([kernel, bias])
        if logs is not None:
            logs["sparsity"] = self.share(epoch)


def build(x):
    norm = layers.Normalization()
    norm.adapt(x)
    return keras.Sequential([
        keras.Input((x.shape[1],)),
        norm,
        layers.Dense(48, activation="tanh", name="sense"),
        layers.Dense(24, activation="tanh", name="mix"),
        layers.Dense(1, activation="sigmoid", name="occupied"),
    ])


def flash_size(model):
    used = sum(int(np.count_nonzero(w)) for w in model.get_weights())
    return used * 3 / 1024


def main():
    x, y = room_hours()
    x_train, y_train = x[:1500], y[:1500]
    model = build(x_train)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        x_train, y_train,
        validation_data=(x[1500:], y[1500:]),
        epochs=11, batch_size=64, verbose=2,
        callbacks=[GradualPruning(["sense"])],
    )
    print(f"needs {flash_size(model):.1f} kB")


if __name__ == "__main__":
    main()
