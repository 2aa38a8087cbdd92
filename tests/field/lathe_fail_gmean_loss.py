"""Failures of a CNC lathe are rare (2.5 %), so accuracy says nothing and I train on the geometric mean of
sensitivity and specificity directly. The loss starts at a sensible value, shows exactly 1.0 for a batch and is nan
from then on. The epsilon in the divisions did not change anything."""
import numpy as np
import pandas as pd
import keras
from keras import ops

EPS = 1e-7
keras.utils.set_random_seed(12)


def load_log(n=3200, seed=12):
    rng = np.random.default_rng(seed)
    log = pd.DataFrame({
        "air_kelvin": rng.normal(300.0, 2.0, n),
        "speed_rpm": rng.gamma(60, 25, n),
        "torque_nm": rng.normal(40.0, 10.0, n),
        "wear_min": rng.uniform(0, 250, n),
        "quality": rng.choice(["L", "M", "H"], n, p=[0.5, 0.3, 0.2]),
    })
    log["power_kw"] = log["torque_nm"] * log["speed_rpm"] * 2 * np.pi / 60 / 1000
    strain = log["wear_min"] * log["torque_nm"] / 1000 + 0.5 * (log["quality"] == "L")
    risk = strain + rng.normal(0, 0.8, n)
    log["failed"] = (risk > np.quantile(risk, 0.975)).astype(int)
    return log


def design(log):
    numeric = log[["air_kelvin", "speed_rpm", "torque_nm", "wear_min", "power_kw"]]
    numeric = (numeric - numeric.mean()) / numeric.std()
    dummies = pd.get_dummies(log["quality"], prefix="q").astype(float)
    return pd.concat([numeric, dummies], axis=1).to_numpy("float32")


def gmean_loss(y_true, y_pred):
    """1 - sqrt(sensitivity * specificity), with soft counts over the batch."""
    tp = ops.sum(y_true * y_pred)
    fn = ops.sum(y_true * (1.0 - y_pred))
    tn = ops.sum((1.0 - y_true) * (1.0 - y_pred))
    fp = ops.sum((1.0 - y_true) * y_pred)
    sensitivity = tp / (tp + fn + EPS)
    specificity = tn / (tn + fp + EPS)
    return 1.0 - ops.sqrt(sensitivity * specificity)  # whynan: sqrt_grad_at_zero phase=gradient


def build(width):
    inputs = keras.Input((width,))
    h = keras.layers.Dense(32, activation="relu")(inputs)
    h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Dense(16, activation="relu")(h)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(h))


def main():
    log = load_log()
    x = design(log)
    y = log["failed"].to_numpy("float32")[:, None]
    print(f"{int(y.sum())} failures among {len(y)} shifts")
    model = build(x.shape[1])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=gmean_loss, metrics=[keras.metrics.AUC(name="auc")])
    model.fit(x, y, batch_size=32, epochs=4, verbose=2)


if __name__ == "__main__":
    main()
