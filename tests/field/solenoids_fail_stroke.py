import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(13)

DEPTH = 90
WIDTH = 32


def bench_measurements(n=768):
    rng = np.random.default_rng(31)
    volts = rng.uniform(9, 15, n)
    turns = rng.integers(300, 900, n)
    gap = rng.uniform(0.3, 2.5, n)
    temp = rng.normal(45, 20, n)
    spring = rng.uniform(1.0, 6.0, n)
    mass = rng.uniform(5, 30, n)
    current = volts / (turns * 0.02 * (1 + 0.0039 * (temp - 20)))
    force = (turns * current) ** 2 / (gap + 0.4) ** 2 * 2e-6
    t_ms = 4 + 3 * np.sqrt(mass * gap / (force + 1.0)) + 0.6 * spring + rng.normal(0, 0.2, n)
    x = np.stack([volts, turns, gap, temp, spring, mass], 1)
    x = (x - x.mean(0)) / x.std(0)
    y = (t_ms - t_ms.mean()) / t_ms.std()
    return x.astype("float32"), y.astype("float32")


def residual_block(z, i):
    f = layers.Activation("relu", name=f"act{i}")(z)
    f = layers.Dense(WIDTH, use_bias=False, kernel_initializer="he_normal", name=f"fc{i}")(f)
    return layers.Add(name=f"sum{i}")([z, f])


def build():
    inp = keras.Input((6,), name="bench")
    z = layers.Dense(WIDTH, name="stem")(inp)
    for i in range(DEPTH):
        z = residual_block(z, i)
    return keras.Model(inp, layers.Dense(1, name="t_stroke")(z))


x, y = bench_measurements()
net = build()
print("parameters:", net.count_params())

net.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", jit_compile=False)
net.fit(x[:640], y[:640], batch_size=64, epochs=2, verbose=2)  # whynan: exploding_gradient phase=update|gradient

pred = net.predict(x[640:], batch_size=128, verbose=0)[:, 0]
print("held out mae:", float(ops.mean(ops.abs(pred - y[640:]))))
