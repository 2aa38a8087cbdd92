# whynan: side_nonfinite
# val_loss: nan and precision: nan, but the training loss is perfectly fine. Anyone?
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)


def read_transactions(n, seed, missing=0.0):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame(rng.normal(size=(n, 8)), columns=[f"V{i}" for i in range(8)])
    df["fraud"] = ((df["V0"] + df["V1"] + rng.normal(0, 0.3, n)) > 3.2).astype("float32")
    if missing:
        df.loc[rng.random(n) < missing, "V5"] = np.nan
    return df


def precision(y_true, y_pred):
    y_true = tf.cast(y_true, tf.float32)
    flagged = tf.cast(y_pred > 0.0, tf.float32)
    return tf.reduce_sum(flagged * y_true) / tf.reduce_sum(flagged)   # nothing flagged -> 0/0, reporting only


train = read_transactions(1024, seed=1)
valid = read_transactions(256, seed=2, missing=0.1)     # other export, has gaps

model = keras.Sequential(
    [
        keras.Input((8,)),
        keras.layers.Dense(16, activation="silu"),
        keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(-5.0)),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[precision])
model.fit(
    train.drop(columns="fraud").to_numpy("float32"),
    train["fraud"].to_numpy()[:, None],
    validation_data=(valid.drop(columns="fraud").to_numpy("float32"), valid["fraud"].to_numpy()[:, None]),
    batch_size=64,
    epochs=5,
    callbacks=[keras.callbacks.EarlyStopping(monitor="loss", patience=3)],
    verbose=2,
)
