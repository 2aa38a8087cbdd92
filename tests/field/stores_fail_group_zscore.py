"""Weekly units per store. Price and footfall are z-scored per store, tf.keras functional model."""
import numpy as np
import pandas as pd
import tensorflow as tf

tf.keras.utils.set_random_seed(52)
STORES, WEEKS = 8, 40
NUMERIC = ["price", "footfall", "temperature"]


def sales_table():
    rng = np.random.default_rng(52)
    rows = []
    for store in range(STORES):
        for week in range(WEEKS):
            price = 12.5 if store == 5 else 10 + store + rng.normal()  # franchise with fixed prices
            rows.append((store, price, rng.poisson(300 + 40 * store), rng.normal(15, 6)))
    df = pd.DataFrame(rows, columns=["store"] + NUMERIC)
    df["units"] = (df.footfall / 10 - df.price + rng.normal(0, 1, len(df))) / 10
    return df


def zscore(s):
    return (s - s.mean()) / s.std()  # whynan: zero_variance_normalisation phase=data also=nan_in_input,divide_by_zero


def preprocess(df):
    out = df.copy()
    for column in NUMERIC:
        out[column] = df.groupby("store")[column].transform(zscore)
    return out.sample(frac=1.0, random_state=0).reset_index(drop=True)


def build():
    numeric = tf.keras.Input((len(NUMERIC),), name="numeric")
    store = tf.keras.Input((), dtype="int32", name="store")
    code = tf.keras.layers.Embedding(STORES, 3)(store)
    x = tf.keras.layers.Concatenate()([numeric, code])
    x = tf.keras.layers.Dense(32, activation="tanh")(x)
    return tf.keras.Model({"numeric": numeric, "store": store}, tf.keras.layers.Dense(1)(x))


table = preprocess(sales_table())
model = build()
model.compile(optimizer="adam", loss="huber")
model.fit(
    {"numeric": table[NUMERIC].to_numpy("float32"), "store": table["store"].to_numpy("int32")},
    table["units"].to_numpy("float32"),
    batch_size=32, epochs=3, verbose=2,
)
