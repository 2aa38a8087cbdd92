"""Does a solder joint have to be reworked?  Logistic scorecard on inspection measures.

One layer only, because the line managers want to see the weights.  The logistic function
with its derivative is the one from my lecture notes (later I want a slope per product
family in there).  I train on the Brier score.  The accuracy gets worse instead of better
for a few batches and then the loss is nan.  With standardised columns I did not expect that.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(14)

COLUMNS = [
    "height_um", "volume_nl", "wetting_deg", "offset_x_um", "offset_y_um", "bridge_gap_um", "void_pct",
    "shine", "peak_temp_c", "time_above_s", "paste_age_h", "stencil_wipes", "pitch_um", "board_warp_um",
]


def inspections(n=800, seed=2024):
    rng = np.random.default_rng(seed)
    rework = rng.random(n) < 0.3
    r = rework.astype(float)
    table = pd.DataFrame({
        "height_um": rng.normal(118, 12, n) - 14 * r,
        "volume_nl": rng.normal(36, 4, n) - 5 * r,
        "wetting_deg": rng.normal(28, 6, n) + 8 * r,
        "offset_x_um": rng.normal(0, 22, n),
        "offset_y_um": rng.normal(0, 22, n),
        "bridge_gap_um": rng.normal(190, 25, n) - 25 * r,
        "void_pct": rng.gamma(2.0, 3.0, n) + 4 * r,
        "shine": rng.normal(0.6, 0.1, n) - 0.1 * r,
        "peak_temp_c": rng.normal(243, 3, n) - 3 * r,
        "time_above_s": rng.normal(62, 7, n) - 6 * r,
        "paste_age_h": rng.uniform(0, 8, n),
        "stencil_wipes": rng.integers(1, 12, n),
        "pitch_um": rng.choice([400, 500, 650, 800], n),
        "board_warp_um": rng.gamma(3.0, 20.0, n),
    })
    table["rework"] = rework
    return table


@tf.custom_gradient
def logistic(z):
    s = tf.sigmoid(z)

    def backward(upstream):
        return upstream * z * (1.0 - z)  # whynan: wrong_custom_gradient phase=gradient

    return s, backward


class Scorecard(keras.layers.Layer):
    def build(self, input_shape):
        self.points = self.add_weight(
            name="points", shape=(input_shape[-1], 1), initializer=keras.initializers.RandomNormal(stddev=0.5)
        )
        self.base = self.add_weight(name="base", shape=(1,), initializer="zeros")

    def call(self, x):
        return logistic(tf.matmul(x, self.points) + self.base)


class EpochReport(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch % 8 == 0:
            print(f"  batch {batch:2d}  brier so far {logs['loss']:.4f}  accuracy {logs['accuracy']:.3f}")


def prepare(table):
    features = table[COLUMNS]
    features = (features - features.mean()) / features.std()
    return features.to_numpy("float32"), table["rework"].to_numpy("float32")[:, None]


def main():
    x, y = prepare(inspections())
    assert np.isfinite(x).all()
    model = keras.Sequential([keras.Input((len(COLUMNS),)), Scorecard()])
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss=keras.losses.MeanSquaredError(),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
    )
    model.fit(x, y, batch_size=32, epochs=8, verbose=0, callbacks=[EpochReport()])
    card = pd.Series(model.layers[-1].points.numpy()[:, 0], index=COLUMNS)
    print(card.sort_values())


if __name__ == "__main__":
    main()
