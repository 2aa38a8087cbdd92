"""Avalanche danger level (1 low .. 4 high) from the morning observations of the hut wardens."""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

keras.utils.set_random_seed(41)
rng = np.random.default_rng(41)


def observations(n=1800):
    df = pd.DataFrame({
        "new_snow_cm": rng.gamma(1.2, 14.0, n).round(1),
        "drift_index": rng.lognormal(0.0, 1.0, n).round(2),
        "temp_c": rng.normal(-5.0, 5.5, n).round(1),
        "wind_ms": rng.gamma(3.0, 2.5, n).round(1),
        "aspect": rng.choice(["N", "E", "S", "W"], n),
        "weak_layer": rng.choice(["none", "surface_hoar", "depth_hoar"], n, p=[0.6, 0.25, 0.15]),
    })
    risk = (0.05 * df["new_snow_cm"] + 0.3 * df["drift_index"] + 0.08 * df["wind_ms"]
            + 0.9 * (df["weak_layer"] != "none") + 0.3 * (df["aspect"] == "N")
            + rng.normal(0, 0.4, n))
    df["level"] = pd.qcut(risk, [0, 0.35, 0.65, 0.88, 1.0], labels=False) + 1
    return df


df = observations()
train, test = train_test_split(df, test_size=0.2, random_state=41, stratify=df["level"])

skewed = make_pipeline(StandardScaler(), FunctionTransformer(np.log1p))
prep = ColumnTransformer([
    ("skewed", skewed, ["new_snow_cm", "drift_index"]),
    ("plain", StandardScaler(), ["temp_c", "wind_ms"]),
    ("cats", OneHotEncoder(sparse_output=False), ["aspect", "weak_layer"]),
])
X_train = prep.fit_transform(train).astype("float32")  # whynan: log_of_negative phase=data also=nan_in_input
y_train = (train["level"] - 1).to_numpy("int32")

model = keras.Sequential([
    keras.layers.Input((X_train.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(4),
])
opt = keras.optimizers.SGD(0.05, momentum=0.9)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
seen = keras.metrics.Mean()


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    seen.update_state(loss)


batches = tf.data.Dataset.from_tensor_slices((X_train, y_train)).shuffle(2000, seed=41).batch(48)
opt.build(model.trainable_variables)
for epoch in range(6):
    seen.reset_state()
    for xb, yb in batches:
        step(xb, yb)
    print("epoch", epoch, "loss", float(seen.result()))

X_test = prep.transform(test).astype("float32")
guess = model.predict(X_test, verbose=0).argmax(axis=1) + 1
print("test accuracy", (guess == test["level"].to_numpy()).mean())
