"""Provenance of pottery sherds from portable XRF.

The fabric labels come from three students with very different eyes, about one in six is wrong, so I replaced the usual
cross-entropy by the symmetric one that is said to tolerate noisy labels. The very first progress bar already shows
loss: inf and then nan. With plain categorical cross-entropy the same network trains without trouble.
"""
import numpy as np
import keras
from keras import layers, ops

ELEMENTS = ["Si", "Al", "Fe", "Ca", "K", "Ti", "Rb", "Sr", "Zr"]
FABRICS = ["local red", "local grey", "coastal", "island white", "imported"]


class SymmetricCrossEntropy(keras.losses.Loss):
    """alpha * CE(y, p) + beta * CE(p, y)."""

    def __init__(self, alpha=0.1, beta=1.0, smallest=1e-7, name="symmetric_cross_entropy"):
        super().__init__(name=name)
        self.alpha = alpha
        self.beta = beta
        self.smallest = smallest

    def call(self, y_true, y_pred):
        y_pred = ops.clip(y_pred, self.smallest, 1.0)  # keep the logarithms in range
        forward_ce = -ops.sum(y_true * ops.log(y_pred), axis=-1)
        reverse_ce = -ops.sum(y_pred * ops.log(y_true), axis=-1)  # whynan: log_of_zero phase=forward|loss also=label_on_boundary,clip_misuse
        return self.alpha * forward_ce + self.beta * reverse_ce


def excavate(n, rng):
    """Log concentrations per fabric, with a little scatter inside every kiln load."""
    recipes = rng.normal(0.0, 1.0, size=(len(FABRICS), len(ELEMENTS)))
    fabric = rng.choice(len(FABRICS), size=n, p=[0.35, 0.25, 0.2, 0.12, 0.08])
    log_ppm = recipes[fabric] + rng.normal(0.0, 0.45, size=(n, len(ELEMENTS)))
    seen_as = fabric.copy()
    doubtful = rng.random(n) < 0.17
    seen_as[doubtful] = rng.integers(0, len(FABRICS), size=doubtful.sum())
    return log_ppm.astype("float32"), seen_as


def build(width=48, dropout=0.1):
    inputs = keras.Input(shape=(len(ELEMENTS),), name="log_ppm")
    h = layers.Dense(width, activation="gelu")(inputs)
    h = layers.Dropout(dropout)(h)
    h = layers.Dense(width, activation="gelu")(h)
    outputs = layers.Dense(len(FABRICS), activation="softmax", name="fabric")(h)
    return keras.Model(inputs, outputs, name="sherds")


def main():
    keras.utils.set_random_seed(1907)
    rng = np.random.default_rng(1907)
    x, y = excavate(1200, rng)
    mean, spread = x[:1000].mean(axis=0), x[:1000].std(axis=0)
    x = (x - mean) / spread
    targets = keras.utils.to_categorical(y, num_classes=len(FABRICS))

    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=SymmetricCrossEntropy(),
        metrics=["accuracy"],
    )
    model.fit(
        x[:1000], targets[:1000],
        validation_data=(x[1000:], targets[1000:]),
        batch_size=50, epochs=4, verbose=2,
    )


if __name__ == "__main__":
    main()
