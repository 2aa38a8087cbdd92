"""Wheat varieties from seven kernel measurements. Next to the loss I log the accuracy separately for predictions
of low, middle and high confidence; some of these columns in the log are nan from start to end and others turn
nan later."""
# whynan: side_nonfinite
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(91)


class AccuracyWhenConfident(keras.metrics.Metric):
    """Share of right answers among those whose confidence lies in [low, high)."""

    def __init__(self, low, high, **kwargs):
        super().__init__(name=f"acc_{round(100 * low):02d}_{round(100 * high):02d}", **kwargs)
        self.low, self.high = low, high
        self.hits = self.add_weight(shape=(), initializer="zeros", name="hits")
        self.seen = self.add_weight(shape=(), initializer="zeros", name="seen")

    def update_state(self, y_true, y_pred, sample_weight=None):
        confidence = ops.max(y_pred, axis=-1)
        inside = ops.logical_and(confidence >= self.low, confidence < self.high)
        answer = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
        right = ops.equal(answer, ops.cast(ops.reshape(y_true, (-1,)), "int32"))
        self.hits.assign_add(ops.sum(ops.cast(ops.logical_and(inside, right), "float32")))
        self.seen.assign_add(ops.sum(ops.cast(inside, "float32")))

    def result(self):
        return self.hits / self.seen


def kernels(per_variety=120, seed=91):
    rng = np.random.default_rng(seed)
    rows, labels = [], []
    for variety, (length, width) in enumerate([(5.5, 3.25), (6.15, 3.7), (5.2, 2.85)]):
        a = rng.normal(length, 0.2, per_variety)
        b = rng.normal(width, 0.15, per_variety)
        area = 0.78 * a * b + rng.normal(0, 0.2, per_variety)
        perimeter = np.pi * np.sqrt((a ** 2 + b ** 2) / 2) + rng.normal(0, 0.1, per_variety)
        rows.append(np.column_stack([
            area, perimeter, 4 * np.pi * area / perimeter ** 2, a, b,
            rng.normal(3.5, 1.2, per_variety), a - rng.normal(0.2, 0.1, per_variety),
        ]))
        labels.append(np.full(per_variety, variety))
    x = np.concatenate(rows)
    return ((x - x.mean(0)) / x.std(0)).astype("float32"), np.concatenate(labels)


def main():
    x, y = kernels()
    model = keras.Sequential([
        keras.Input((7,)),
        keras.layers.Dense(24, activation="relu"),
        keras.layers.Dense(3, activation="softmax"),
    ])
    edges = [0.0, 0.2, 0.4, 0.6, 0.8, 1.01]
    model.compile(
        optimizer=keras.optimizers.Adam(5e-3),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"] + [AccuracyWhenConfident(a, b) for a, b in zip(edges[:-1], edges[1:])],
    )
    history = model.fit(x, y, batch_size=32, epochs=20, verbose=2)
    for name, values in history.history.items():
        print(f"{name:12s}", np.round(values[::5], 3))


if __name__ == "__main__":
    main()
