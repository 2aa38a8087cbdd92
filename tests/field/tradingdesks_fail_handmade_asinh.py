"""Predict next week's risk budget use from the daily P&L of the trading desks.

P&L is heavy tailed and has both signs, so it goes through a signed log
(inverse hyperbolic sine) inside the model: no scaler to ship with it.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 515
DESKS = ["rates", "fx", "credit", "equity", "power", "gas", "metals", "softs"]
DAILY_STOP = 1500.0      # kEUR, positions are flattened beyond this


@keras.saving.register_keras_serializable(package="desk")
class SignedLog(layers.Layer):
    """log(x + sqrt(x^2 + 1))"""

    def call(self, x):
        return tf.math.log(x + tf.sqrt(tf.square(x) + 1.0))  # whynan: catastrophic_cancellation phase=forward also=log_of_zero rows=1310


def load_pnl(days=2000):
    rng = np.random.default_rng(SEED)
    vol = rng.uniform(80, 350, len(DESKS))
    pnl = vol * rng.standard_t(3, (days, len(DESKS)))
    pnl = np.clip(pnl, -DAILY_STOP, DAILY_STOP)
    # 14 Jan: overnight gap, the gas desk could not trade out at the stop
    pnl[1310, DESKS.index("gas")] = -18930.0
    w = rng.normal(0, 0.12, len(DESKS))
    use = 0.5 + 0.3 * np.tanh(np.arcsinh(pnl) @ w) + rng.normal(0, 0.05, days)
    return pnl.astype("float32"), np.clip(use, 0, None).astype("float32")


def make_model():
    inp = keras.Input((len(DESKS),), name="pnl_keur")
    h = SignedLog()(inp)
    h = layers.Dense(48, activation="elu")(h)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(24, activation="elu")(h)
    out = layers.Dense(1, name="budget_use")(h)
    model = keras.Model(inp, out)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(0.2), metrics=["mae"])
    return model


def main():
    keras.utils.set_random_seed(SEED)
    pnl, use = load_pnl()
    model = make_model()
    history = model.fit(
        pnl, use,
        validation_split=0.2,
        batch_size=50,
        epochs=6,
        verbose=2,
    )
    best = int(np.argmin(history.history["val_mae"]))
    print(f"best epoch {best}, val_mae {history.history['val_mae'][best]:.3f}")
    quiet_day = np.zeros((1, len(DESKS)), "float32")
    print("quiet day:", model.predict(quiet_day, verbose=0)[0, 0])


if __name__ == "__main__":
    main()
