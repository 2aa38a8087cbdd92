"""Winding temperature rise of run-of-river dynamos, from the SCADA export.

Custom loop because we want the gradient norm in the log.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

CLIP = 5.0
BATCH = 64


def scada(n):
    power = rng.uniform(0.8e6, 5.0e6, n)                     # W
    years = rng.uniform(1.0, 9.0, n)
    frame = pd.DataFrame({
        "power_mw": power / 1e6,
        "speed_rpm": rng.normal(375.0, 1.5, n),
        "field_current_ka": 0.2 + power / 1e7 + rng.normal(0, 0.01, n),
        "coolant_c": rng.normal(18.0, 4.0, n),
        "energy_total_j": years * 3.15e7 * rng.uniform(2.0e6, 3.0e6, n),
    })
    rise = 8.0 + 11.0 * frame["power_mw"] + 0.6 * years + 0.3 * (frame["coolant_c"] - 18) + rng.normal(0, 1.5, n)
    return frame, rise.to_numpy()


frame, rise = scada(1600)
x = frame.to_numpy("float32")
y = ((rise - rise.mean()) / rise.std()).astype("float32")[:, None]

data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(1600, seed=17).batch(BATCH)

net = keras.Sequential([
    keras.Input((x.shape[1],)),
    keras.layers.Dense(32, activation="leaky_relu"),
    keras.layers.Dense(16, activation="leaky_relu"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.SGD(0.01, momentum=0.9)
opt.build(net.trainable_variables)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        err = net(xb, training=True) - yb
        loss = tf.reduce_mean(tf.square(err))
    grads = tape.gradient(loss, net.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, CLIP)  # whynan: unscaled_input phase=gradient
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss, norm


log = []
for epoch in range(6):
    for xb, yb in data:
        loss, norm = step(xb, yb)
        log.append((epoch, float(loss), float(norm)))
    recent = [r[1] for r in log if r[0] == epoch]
    print(f"epoch {epoch}  loss {np.mean(recent):.4g}  last norm {log[-1][2]:.3g}")

summary = pd.DataFrame(log, columns=["epoch", "loss", "norm"]).groupby("epoch").mean()
print(summary)
pred = net(x[:8]).numpy()[:, 0] * rise.std() + rise.mean()
print("rise, model vs measured:", np.round(pred, 1), np.round(rise[:8], 1))
