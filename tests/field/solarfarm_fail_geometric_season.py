"""Net electricity purchase of farms (MWh a month): base level x monthly index, the textbook multiplicative model.

The indices are only identified up to a factor, so after each update a constraint brings their geometric mean back to 1.
Loss goes down for a while, and at some batch predictions are NaN.  The data are complete.
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops

keras.utils.set_random_seed(44)

MONTHS = 12
PV_SHARE = np.array([0.1, 0.2, 0.5, 0.9, 1.2, 1.4, 1.4, 1.1, 0.8, 0.4, 0.2, 0.1])
DEMAND = np.array([1.5, 1.4, 1.2, 1.0, 0.9, 0.8, 0.8, 0.8, 0.9, 1.1, 1.3, 1.5])


def meter_readings(rng, farms=90, years=3):
    cows = rng.integers(20, 160, farms)
    roof = rng.uniform(0.7, 1.1, farms)
    rows = []
    for farm in range(farms):
        for month in range(MONTHS * years):
            m = month % MONTHS
            level = 0.6 + 0.012 * cows[farm]
            net = level * (DEMAND[m] - roof[farm] * PV_SHARE[m]) + rng.normal(0, 0.05)
            rows.append((farm, m, cows[farm] / 80.0, roof[farm], net))
    return pd.DataFrame(rows, columns=["farm", "month", "cows", "roof", "net_mwh"])


class GeometricMeanOne(keras.constraints.Constraint):
    """Rescale every column so that the product of the indices is 1."""

    def __call__(self, w):
        return w / ops.exp(ops.mean(ops.log(w), axis=0, keepdims=True))  # whynan: log_of_negative phase=update


def seasonal_model():
    month = keras.Input((1,), dtype="int32", name="month")
    herd = keras.Input((2,), name="herd")
    index = layers.Embedding(
        MONTHS, 1, embeddings_initializer="ones", embeddings_constraint=GeometricMeanOne(), name="index",
    )(month)
    level = layers.Dense(1, kernel_initializer="zeros", bias_initializer="ones", name="level")(herd)
    purchase = layers.Multiply()([level, layers.Flatten()(index)])
    return keras.Model({"month": month, "herd": herd}, purchase)


def batches(frame, size, rng):
    order = rng.permutation(len(frame))
    for start in range(0, len(order) - size + 1, size):
        part = frame.iloc[order[start:start + size]]
        inputs = {
            "month": part[["month"]].to_numpy("int32"),
            "herd": part[["cows", "roof"]].to_numpy("float32"),
        }
        yield inputs, part[["net_mwh"]].to_numpy("float32")


def main():
    rng = np.random.default_rng(44)
    frame = meter_readings(rng)
    assert frame.notna().all().all()
    print(frame.groupby("month").net_mwh.mean().round(2).to_dict())

    model = seasonal_model()
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    for epoch in range(6):
        losses = [model.train_on_batch(x, y) for x, y in batches(frame, 64, rng)]
        index = model.get_layer("index").get_weights()[0][:, 0]
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}  index {np.round(index, 2)}")


if __name__ == "__main__":
    main()
