"""How many cents is the oboist off? Regression from the strengths of 24 partials."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(440)

N_PARTIALS = 24
WIDTH = 256
DEPTH = 10


def kaiming(shape, dtype=None):
    """He et al. 2015, for relu."""
    fan_in = shape[0]
    return tf.random.normal(shape, stddev=np.sqrt(fan_in / 2.0), dtype=dtype or "float32")


def synth_notes(n):
    rng = np.random.default_rng(440)
    cents = rng.normal(0.0, 18.0, n)
    reed = rng.normal(0.0, 1.0, n)
    k = np.arange(1, N_PARTIALS + 1)
    decay = np.exp(-k[None, :] / (5.0 + reed[:, None] * 0.5))
    formant = 1.0 + 0.8 * np.exp(-((k[None, :] - 4 - cents[:, None] / 25.0) ** 2) / 3.0)
    amp = decay * formant * (1.0 + rng.normal(0.0, 0.03, (n, N_PARTIALS)))
    db = 20.0 * np.log10(np.abs(amp) + 1e-6)
    return db.astype("float32"), cents.astype("float32")


def standardise(a):
    return (a - a.mean(axis=0)) / a.std(axis=0)


db, cents = synth_notes(1536)
x = standardise(db)
y = standardise(cents)[:, None]
x_train, y_train = x[:1280], y[:1280]
x_test, y_test = x[1280:], y[1280:]

net = keras.Sequential(name="intonation")
net.add(keras.Input((N_PARTIALS,)))
for i in range(DEPTH):
    net.add(layers.Dense(WIDTH, activation="relu", kernel_initializer=kaiming, name=f"fc{i + 1}"))
net.add(layers.Dense(1, kernel_initializer=kaiming, name="cents"))
net.compile(optimizer=keras.optimizers.Adam(1e-4, clipnorm=1.0), loss="mse")
print("parameters:", net.count_params())

batch = 64
order = np.arange(len(x_train))
shuffler = np.random.default_rng(1)
for epoch in range(3):
    shuffler.shuffle(order)
    running = []
    for start in range(0, len(order), batch):
        take = order[start:start + batch]
        loss = net.train_on_batch(x_train[take], y_train[take])  # whynan: bad_initialization phase=loss|forward
        running.append(float(loss))
    print(f"epoch {epoch + 1}: loss {running[-1]:.4f}")

pred = net.predict_on_batch(x_test)
err = np.abs(pred - y_test).mean() * cents.std()
print(f"mean error on held-out notes: {err:.1f} cents")
