"""Botanical origin of propolis samples from mass spectra, with as few peaks as possible.

The chemists want to see which peaks matter, therefore a scale-free sparsity penalty (sum of the absolute weights over
their length) instead of L1.  With `keras.regularizers.L1` in the same place the net learns; with mine the loss is not a
number in the first step.  The weights I printed before fit were all fine and the strength makes no difference, I tried
1e-2 to 1e-9.
"""
import keras
import numpy as np
from keras import layers, ops

ORIGINS = ["poplar", "birch", "aspen", "mixed"]
PEAKS, SAMPLES = 80, 360


@keras.saving.register_keras_serializable(package="lab")
class LengthFreeSparsity(keras.regularizers.Regularizer):
    """l1 norm divided by l2 norm: small when few entries carry everything, whatever the size of the entries."""

    def __init__(self, strength=1e-3, tiny=1e-8):
        self.strength = strength
        self.tiny = tiny

    def __call__(self, weights):
        total = ops.sum(ops.abs(weights)) + self.tiny
        length = ops.sqrt(ops.sum(ops.square(weights)))
        return self.strength * (total / length)  # whynan: divide_by_zero phase=loss also=norm_grad_at_zero,sqrt_grad_at_zero

    def get_config(self):
        return {"strength": self.strength, "tiny": self.tiny}


def mass_spectra(seed):
    rng = np.random.default_rng(seed)
    profiles = rng.gamma(0.6, 1.0, (len(ORIGINS), PEAKS))
    origin = rng.integers(0, len(ORIGINS), SAMPLES)
    counts = rng.poisson(60.0 * profiles[origin] * rng.uniform(0.7, 1.3, (SAMPLES, 1)))
    intensity = np.log1p(counts)
    intensity = (intensity - intensity.mean(axis=0)) / intensity.std(axis=0)
    return intensity.astype("float32"), origin.astype("int32")


def sparse_dense(units, strength, **options):
    penalty = LengthFreeSparsity(strength)
    return layers.Dense(units, kernel_regularizer=penalty, bias_regularizer=penalty, **options)


def classifier(strength):
    model = keras.Sequential(name="origin")
    model.add(keras.Input((PEAKS,)))
    model.add(sparse_dense(24, strength, activation="tanh", name="peaks"))
    model.add(layers.Dropout(0.2))
    model.add(sparse_dense(len(ORIGINS), strength, activation="softmax", name="origins"))
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def important_peaks(model, top=8):
    kernel = np.abs(model.get_layer("peaks").get_weights()[0]).sum(axis=1)
    return np.argsort(kernel)[::-1][:top]


def main():
    keras.utils.set_random_seed(44)
    intensity, origin = mass_spectra(seed=44)
    assert np.isfinite(intensity).all()
    model = classifier(strength=1e-3)
    print("finite weights:", all(np.isfinite(w).all() for w in model.get_weights()))
    model.fit(intensity, origin, batch_size=30, epochs=4, validation_split=0.2, verbose=2)
    print("important peaks", important_peaks(model))


if __name__ == "__main__":
    main()
