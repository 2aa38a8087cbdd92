"""How far does a log drift in a day?  GPS tagged logs + surface currents of the
coastal model (u, v in m/s) + wind from the station."""
import os
import tempfile
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

NT, NY, NX = 12, 60, 90
N = 1500


def model_output(path):
    """writes what the ocean model group sends us every month"""
    t, y, x = np.meshgrid(np.arange(NT), np.arange(NY), np.arange(NX), indexing="ij")
    u = 0.35 * np.sin(y / 9.0 + t / 3.0) + 0.1 * np.cos(x / 14.0)
    v = 0.30 * np.cos(x / 11.0 - t / 4.0) + 0.1 * np.sin(y / 7.0)
    u = u + rng.normal(0, 0.03, u.shape)
    v = v + rng.normal(0, 0.03, v.shape)
    coast = (14 + 6 * np.sin(np.arange(NY) / 8.0)).astype(int)
    truth = np.hypot(u, v)
    land = x < coast[y]
    u[land] = 1e20
    v[land] = 1e20
    np.savez(path, u=u.astype("float32"), v=v.astype("float32"))
    return coast, truth


def gps_logs(coast, truth):
    it = rng.integers(0, NT, N)
    iy = rng.integers(0, NY, N)
    off = np.floor(rng.gamma(1.3, 8.0, N)).astype(int)
    ix = np.clip(coast[iy] - 1 + off, 0, NX - 1)
    wind = rng.weibull(2.0, N) * 6.0
    length = rng.uniform(1.0, 9.0, N)
    km = 86.4 * truth[it, iy, ix] * 0.8 + 1.1 * wind - 0.3 * length + rng.normal(0, 1.5, N)
    return it, iy, ix, wind, length, km


folder = tempfile.mkdtemp()
path = os.path.join(folder, "currents.npz")
coast, truth = model_output(path)
it, iy, ix, wind, length, km = gps_logs(coast, truth)

cur = np.load(path)
u = np.nan_to_num(cur["u"])
v = np.nan_to_num(cur["v"])
speed = np.sqrt(u ** 2 + v ** 2)  # whynan: inf_in_input phase=data
heading = np.arctan2(v, u)

X = np.stack([
    speed[it, iy, ix] / 0.4,
    np.sin(heading[it, iy, ix]),
    np.cos(heading[it, iy, ix]),
    wind / 6.0,
    length / 5.0,
], axis=1).astype("float32")
Y = (km / 30.0).astype("float32").reshape(-1, 1)

ds = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(N, seed=1).batch(50)

net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(learning_rate=2e-3)

for epoch in range(5):
    tot, cnt = 0.0, 0
    for xb, yb in ds:
        with tf.GradientTape() as tape:
            pred = net(xb, training=True)
            loss = tf.reduce_mean(tf.abs(pred - yb))
        g = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(g, net.trainable_variables))
        tot += float(loss)
        cnt += 1
    print(f"epoch {epoch}: mean abs error {30 * tot / cnt:.2f} km")
