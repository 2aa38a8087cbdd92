"""Appendicitis or not from five laboratory values; the surgeons want the diagnostic odds ratio for each epoch.

val_dor is inf in nearly every epoch, dor soon as well. Since then nobody trusts the network any more.
"""
# whynan: side_nonfinite
import keras
import numpy as np
from keras import ops
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(91)


class DiagnosticOddsRatio(keras.metrics.Metric):
    """(TP * TN) / (FP * FN), as in the journal's table of tests."""

    def __init__(self, threshold=0.5, name="dor", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.tn = self.add_weight(name="tn", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        ill = ops.cast(ops.reshape(y_true, (-1,)), "float32")
        called = ops.cast(ops.reshape(y_pred, (-1,)) > self.threshold, "float32")
        self.tp.assign_add(ops.sum(ill * called))
        self.tn.assign_add(ops.sum((1.0 - ill) * (1.0 - called)))
        self.fp.assign_add(ops.sum((1.0 - ill) * called))
        self.fn.assign_add(ops.sum(ill * (1.0 - called)))

    def result(self):
        return (self.tp * self.tn) / (self.fp * self.fn)


def admissions(n=420, seed=13):
    """Columns: leucocytes (1e9/l), CRP (mg/l), neutrophils (%), temperature (C), bilirubin (umol/l)."""
    rng = np.random.default_rng(seed)
    ill = (rng.random(n) < 0.4).astype("float32")
    leucocytes = rng.normal(7.5, 1.6, n) + 6.0 * ill
    crp = np.exp(rng.normal(1.2, 0.6, n) + 2.4 * ill)
    neutrophils = rng.normal(58.0, 6.0, n) + 22.0 * ill
    temperature = rng.normal(36.9, 0.4, n) + 0.9 * ill
    bilirubin = rng.normal(11.0, 4.0, n) + 5.0 * ill
    return np.column_stack([leucocytes, np.log(crp), neutrophils, temperature, bilirubin]), ill


def main():
    values, ill = admissions()
    train, test, ill_train, ill_test = train_test_split(values, ill, test_size=60, stratify=ill, random_state=0)
    scaler = StandardScaler().fit(train)
    train, test = scaler.transform(train).astype("float32"), scaler.transform(test).astype("float32")

    sample = keras.Input((5,))
    z = keras.layers.Dense(16, activation="relu")(sample)
    z = keras.layers.Dense(8, activation="relu")(z)
    risk = keras.layers.Dense(1, activation="sigmoid")(z)
    model = keras.Model(sample, risk)
    model.compile(
        optimizer=keras.optimizers.Adam(3e-3),
        loss="binary_crossentropy",
        metrics=["accuracy", DiagnosticOddsRatio()],
    )
    history = model.fit(train, ill_train, validation_data=(test, ill_test), epochs=25, batch_size=24, verbose=2)
    for epoch, (loss, dor) in enumerate(zip(history.history["loss"], history.history["val_dor"])):
        print(f"{epoch:3d}  loss {loss:.4f}  val odds ratio {dor:.1f}")


if __name__ == "__main__":
    main()
