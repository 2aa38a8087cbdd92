"""Linear calibration of the net weight of sardine tins from the twelve line sensors.

We keep the model linear on purpose: the plant wants to read the coefficients.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(41)

SENSORS = ["vac", "nozzle_t", "brine_p", "belt_v", "oil_t", "oil_flow",
           "fish_count", "seam_h", "seam_w", "retort_t", "steam_p", "humid"]
N = 2048
BATCH = 128
EPOCHS = 15


def plant_log(n):
    rng = np.random.default_rng(17)
    shift = rng.normal(size=(n, 1))
    raw = rng.normal(size=(n, len(SENSORS))) + 0.5 * shift
    units = np.array([0.2, 8.0, 1.5, 0.3, 6.0, 2.0, 1.0, 0.05, 0.04, 3.0, 0.4, 9.0])
    zero = np.array([-0.6, 45.0, 4.0, 1.2, 70.0, 12.0, 5.0, 2.9, 1.1, 116.0, 2.1, 60.0])
    coef = rng.normal(scale=0.4, size=len(SENSORS))
    grams = 125.0 + 2.0 * (raw @ coef) + rng.normal(scale=0.7, size=n)
    return raw * units + zero, grams


x, grams = plant_log(N)
x = StandardScaler().fit_transform(x).astype("float32")
y_mean, y_std = grams.mean(), grams.std()
y = ((grams - y_mean) / y_std).astype("float32")

n_val = 256
x_val, y_val = x[:n_val], y[:n_val]
x_tr, y_tr = x[n_val:], y[n_val:]

ds = (tf.data.Dataset.from_tensor_slices((x_tr, y_tr))
      .shuffle(len(x_tr), seed=3)
      .batch(BATCH, drop_remainder=True))

model = keras.Sequential([
    keras.layers.Input((len(SENSORS),)),
    keras.layers.Dense(1, name="calib"),
])
opt = keras.optimizers.SGD(learning_rate=0.01)

for epoch in range(EPOCHS):
    running, seen = 0.0, 0
    for xb, yb in ds:
        with tf.GradientTape() as tape:
            pred = tf.squeeze(model(xb, training=True), axis=-1)
            loss = tf.reduce_sum(tf.square(yb - pred))  # whynan: learning_rate_too_high phase=loss
        grads = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(grads, model.trainable_variables))
        running += float(loss)
        seen += int(xb.shape[0])
    val = model(x_val, training=False).numpy()[:, 0]
    rmse_g = float(np.sqrt(np.mean((val.astype("float64") - y_val) ** 2)) * y_std)
    print(f"epoch {epoch:2d}  train {running / seen:.4g}  val rmse {rmse_g:.4g} g")

w, b = model.get_layer("calib").get_weights()
for name, c in zip(SENSORS, w[:, 0]):
    print(f"{name:>12s} {c:+.3g}")
