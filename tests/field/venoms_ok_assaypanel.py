# Venom fraction panel: 24 descriptors -> 8 assays, most of them not measured.
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

N, D, T = 1200, 24, 8
ASSAYS = ["nav15", "nav17", "kv13", "cav22", "nachr", "pla2", "hemolysis", "ld50"]

descr = rng.normal(size=(N, D)).astype("float32")
A = rng.normal(size=(D, 6)) / np.sqrt(D)
B = rng.normal(size=(6, T))
activity = np.tanh(1.5 * descr @ A) @ B + 0.1 * rng.normal(size=(N, T))
activity = (activity - activity.mean(0)) / activity.std(0)

measured = rng.random((N, T)) < np.array([0.7, 0.6, 0.4, 0.4, 0.3, 0.5, 0.3, 0.04])
activity = np.where(measured, activity, np.nan).astype("float32")
print("measured per assay:", dict(zip(ASSAYS, measured.sum(0).tolist())))

net = keras.Sequential([
    keras.Input((D,)),
    keras.layers.Dense(96, activation="gelu"),
    keras.layers.Dense(48, activation="gelu"),
    keras.layers.Dense(T),
])
opt = keras.optimizers.Adam(3e-3)
opt.build(net.trainable_variables)


@tf.function
def train_step(x, y):
    known = tf.logical_not(tf.math.is_nan(y))
    target = tf.where(known, y, tf.zeros_like(y))
    with tf.GradientTape() as tape:
        pred = net(x, training=True)
        sq = tf.where(known, tf.square(pred - target), tf.zeros_like(pred))
        n_known = tf.reduce_sum(tf.cast(known, tf.float32), axis=0)
        per_assay = tf.math.divide_no_nan(tf.reduce_sum(sq, axis=0), n_known)
        loss = tf.reduce_mean(per_assay)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss, per_assay


ds = tf.data.Dataset.from_tensor_slices((descr, activity)).shuffle(N, seed=7).batch(64)

for epoch in range(30):
    losses = []
    for xb, yb in ds:
        loss, _ = train_step(xb, yb)  # whynan: healthy
        losses.append(float(loss))
    if epoch % 5 == 0 or epoch == 29:
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}")

fit = net.predict(descr, verbose=0)
for t, name in enumerate(ASSAYS):
    rows = measured[:, t]
    print(f"{name:10s} rmse {np.sqrt(np.mean((fit[rows, t] - activity[rows, t]) ** 2)):.3f} on {rows.sum()}")
