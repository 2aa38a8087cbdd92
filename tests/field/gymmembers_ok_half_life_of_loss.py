"""Which members of a gym will cancel?  Pandas table, binned attendance, averaged weights.

My log shows nan in the column loss_half_life and sometimes a negative number, and I was told that nan in a log means that
the training is broken.  Is it?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import pandas as pd

keras.utils.set_random_seed(66)

NUMBERS = ["age", "months_member", "fee", "classes_booked"]


class LossHalfLife(keras.callbacks.Callback):
    """How many epochs until the loss has halved, if it went on falling as it did since the first epoch."""

    def __init__(self):
        super().__init__()
        self.first = None

    def on_epoch_end(self, epoch, logs=None):
        loss = np.float64(logs["loss"])
        if self.first is None:
            self.first = loss
        half_life = -np.log(2.0) * epoch / np.log(loss / self.first)
        logs["loss_half_life"] = half_life
        print(f"epoch {epoch + 1:2d}: loss {loss:.4f}  val_loss {logs['val_loss']:.4f}  half-life {half_life:.1f} epochs")


def members(n, rng):
    frame = pd.DataFrame({
        "age": rng.integers(16, 75, n),
        "months_member": rng.geometric(0.06, n),
        "fee": rng.choice([19.9, 29.9, 44.9], n, p=[0.5, 0.35, 0.15]),
        "classes_booked": rng.poisson(1.2, n),
        "visits_per_month": rng.gamma(1.3, 3.2, n).round(1),
    })
    score = 0.9 - 0.35 * frame.visits_per_month + 0.03 * frame.fee - 0.3 * frame.classes_booked
    score -= 0.02 * frame.months_member.clip(upper=36)
    frame["cancelled"] = (rng.random(n) < 1 / (1 + np.exp(-score))).astype("float32")
    return frame


def inputs_of(frame, mean, std):
    numbers = ((frame[NUMBERS] - mean) / std).to_numpy("float32")
    return {"numbers": numbers, "visits": frame[["visits_per_month"]].to_numpy("float32")}


def churn_model(visits):
    numbers = keras.Input((len(NUMBERS),), name="numbers")
    attendance = keras.Input((1,), name="visits")
    bins = keras.layers.Discretization(num_bins=6, output_mode="one_hot")
    bins.adapt(visits)
    h = keras.layers.Concatenate()([numbers, bins(attendance)])
    h = keras.layers.Dense(
        24, activation="relu", activity_regularizer=keras.regularizers.L1(1e-5),
        kernel_constraint=keras.constraints.MaxNorm(3.0),
    )(h)
    h = keras.layers.Dense(12, activation="relu")(h)
    return keras.Model(
        {"numbers": numbers, "visits": attendance}, keras.layers.Dense(1, activation="sigmoid")(h)
    )


def main():
    frame = members(1400, np.random.default_rng(66))
    train, valid = frame.iloc[:1100], frame.iloc[1100:]
    mean, std = train[NUMBERS].mean(), train[NUMBERS].std()
    model = churn_model(train[["visits_per_month"]].to_numpy("float32"))
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3, use_ema=True, ema_momentum=0.95, clipnorm=1.0),
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        inputs_of(train, mean, std), train[["cancelled"]].to_numpy("float32"),
        validation_data=(inputs_of(valid, mean, std), valid[["cancelled"]].to_numpy("float32")),
        batch_size=50, epochs=14, callbacks=[LossHalfLife()], verbose=0,
    )
    print("last losses:", np.round(history.history["loss"][-3:], 4))


if __name__ == "__main__":
    main()
