"""Heart failure records (the Kaggle table with 12 columns), but with time to death.

The binary version from the keras.io structured data example works on the same frame.
Now I wrote DeepSurv (Cox partial likelihood) for our clinic.  The loss of the first epoch
is already nan.  I tried more 1e-7, gradient clipping and a learning rate of 1e-6.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(7)

CONFIG = {
    "hidden": (32, 16),
    "dropout": 0.2,
    "lr": 1e-3,
    "clipnorm": 1.0,
    "batch": 64,
    "epochs": 6,
}


def clinic_table(n=640, seed=19):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "age": rng.normal(61, 12, n).clip(40, 95),
        "anaemia": (rng.random(n) < 0.43).astype(float),
        "creatinine_phosphokinase": np.exp(rng.normal(5.6, 1.1, n)).clip(23, 7861),
        "diabetes": (rng.random(n) < 0.42).astype(float),
        "ejection_fraction": rng.normal(38, 12, n).clip(14, 80),
        "high_blood_pressure": (rng.random(n) < 0.35).astype(float),
        "platelets": rng.normal(263358, 97804, n).clip(25100, 850000).round(-2),
        "serum_creatinine": np.exp(rng.normal(0.15, 0.45, n)).clip(0.5, 9.4),
        "serum_sodium": rng.normal(136.6, 4.4, n).clip(113, 148),
        "sex": (rng.random(n) < 0.65).astype(float),
        "smoking": (rng.random(n) < 0.32).astype(float),
    })
    log_hazard = (0.045 * (df["age"] - 61) - 0.05 * (df["ejection_fraction"] - 38)
                  + 0.7 * np.log(df["serum_creatinine"]) - 0.04 * (df["serum_sodium"] - 136.6))
    death = rng.exponential(420.0 * np.exp(-log_hazard))
    end_of_study = rng.uniform(4, 285, n)
    df["time"] = np.minimum(death, end_of_study).clip(1.0).round()
    df["DEATH_EVENT"] = (death <= end_of_study).astype(float)
    return df


def prepare(df):
    df = df.copy()
    df["serum_creatinine"] = np.log(df["serum_creatinine"])
    lab = ["age", "creatinine_phosphokinase", "ejection_fraction", "serum_creatinine", "serum_sodium"]
    train, test = train_test_split(df, test_size=0.25, stratify=df["DEATH_EVENT"], random_state=1)
    scaler = StandardScaler().fit(train[lab])
    parts = []
    for part in (train, test):
        part = part.copy()
        part[lab] = scaler.transform(part[lab])
        x = part.drop(columns=["time", "DEATH_EVENT"]).to_numpy("float32")
        y = part[["time", "DEATH_EVENT"]].to_numpy("float32")
        assert np.isfinite(x).all() and np.isfinite(y).all()
        parts.append((x, y))
    return parts


def cox_loss(y_true, y_pred):
    time, event = y_true[:, 0], y_true[:, 1]
    risk = tf.squeeze(y_pred, axis=-1)
    latest_first = tf.argsort(time, direction="DESCENDING", stable=True)
    risk, event = tf.gather(risk, latest_first), tf.gather(event, latest_first)
    risk -= tf.reduce_mean(risk)  # the likelihood only knows differences
    hazard = tf.exp(risk)  # whynan: exp_overflow phase=loss also=unscaled_input
    at_risk = tf.math.log(tf.cumsum(hazard) + 1e-7)
    deaths = tf.maximum(tf.reduce_sum(event), 1.0)
    return -tf.reduce_sum((risk - at_risk) * event) / deaths


class DeepSurv(keras.Model):
    def __init__(self, hidden, dropout, **kwargs):
        super().__init__(**kwargs)
        self.hidden = [keras.layers.Dense(n, activation="relu", kernel_regularizer="l2") for n in hidden]
        self.drops = [keras.layers.Dropout(dropout) for _ in hidden]
        self.log_risk = keras.layers.Dense(1, use_bias=False)

    def call(self, x, training=False):
        for dense, drop in zip(self.hidden, self.drops):
            x = drop(dense(x), training=training)
        return self.log_risk(x)


def c_index(time, event, risk):
    """Pairs in which the first one died before the second one's time."""
    comparable = (time[:, None] < time[None, :]) & (event[:, None] == 1)
    right = (risk[:, None] > risk[None, :]) & comparable
    return right.sum() / max(comparable.sum(), 1)


class Concordance(keras.callbacks.Callback):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y

    def on_epoch_end(self, epoch, logs=None):
        risk = self.model.predict(self.x, verbose=0)[:, 0]
        print(f"   epoch {epoch + 1}: c-index {c_index(self.y[:, 0], self.y[:, 1], risk):.3f}")


if __name__ == "__main__":
    (x_train, y_train), (x_test, y_test) = prepare(clinic_table())
    print(x_train.shape, "patients,", int(y_train[:, 1].sum()), "deaths")
    model = DeepSurv(CONFIG["hidden"], CONFIG["dropout"])
    model.compile(keras.optimizers.Adam(CONFIG["lr"], clipnorm=CONFIG["clipnorm"]), loss=cox_loss)
    model.fit(x_train, y_train, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2,
              callbacks=[Concordance(x_test, y_test)])
