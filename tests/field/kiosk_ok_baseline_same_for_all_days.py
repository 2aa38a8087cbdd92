"""How many newspapers should a kiosk order?  The baseline: five quantiles of the sales, the same for every day.

It has no inputs but a one, so it gives one and the same answer for all rows; that is the point of it.  The loss goes
down quickly and then stands where it is, and every later model has to beat that number.
"""
# whynan: healthy
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(203)
rng = np.random.default_rng(203)

LEVELS = [0.5, 0.7, 0.8, 0.9, 0.95]
EPOCHS = 60
BATCH = 32


def sales_book(days=480):
    date = pd.date_range("2023-01-02", periods=days, freq="D")
    mean = np.where(date.dayofweek == 5, 68.0, 41.0)
    sold = rng.negative_binomial(12, 12 / (12 + mean))
    return pd.DataFrame({"date": date, "sold": sold})


def pinball(y_true, y_pred):
    """y_true (batch, 1) against the five quantiles (batch, 5)."""
    levels = tf.constant(LEVELS, dtype=y_pred.dtype)
    gap = y_true - y_pred
    return tf.reduce_mean(tf.maximum(levels * gap, (levels - 1.0) * gap), axis=-1)


book = sales_book()
nothing_known = np.ones((len(book), 1), dtype="float32")
sold = book[["sold"]].to_numpy(dtype="float32")

steps = EPOCHS * int(np.ceil(len(book) / BATCH))
baseline = keras.Sequential(
    [
        keras.Input((1,)),
        keras.layers.Dense(len(LEVELS), use_bias=False, kernel_initializer="zeros", name="order"),
    ]
)
baseline.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1.0, decay_steps=steps)),
    loss=pinball,
)
history = baseline.fit(nothing_known, sold, batch_size=BATCH, epochs=EPOCHS, verbose=0)

for epoch in range(0, EPOCHS, 6):
    print(f"epoch {epoch:2d}  pinball {history.history['loss'][epoch]:.4f}")

answers = baseline.predict(nothing_known, verbose=0)
print("spread of the answers over the days:", answers.std(axis=0))
print("orders   ", answers[0].round(1))
print("quantiles", np.quantile(sold, LEVELS))
covered = (sold <= answers).mean(axis=0)
print("days on which the order was enough:", covered.round(3))
