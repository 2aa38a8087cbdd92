# Which job is the breaker doing? (idle / chisel / drill) from a clip-on 8 bit accelerometer, 50 samples per window
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

WIN = 50
N_WINDOWS = 420
STATES = ["idle", "chisel", "drill"]


def simulate_log():
    """Returns int16 samples (n, 3) as the logger stores them, and a state per window."""
    state = rng.integers(0, 3, N_WINDOWS)
    amp = np.array([4.0, 14.0, 20.0])[state]
    freq = np.array([0.02, 0.11, 0.31])[state]
    t = np.arange(WIN)
    samples = np.empty((N_WINDOWS, WIN, 3), dtype=np.int16)
    for w in range(N_WINDOWS):
        for axis in range(3):
            wave = amp[w] * np.sin(2 * np.pi * freq[w] * t + rng.uniform(0, 6.28))
            noise = rng.normal(0, 4, WIN)
            samples[w, :, axis] = np.clip(np.round(wave + noise), -60, 60)
    # steel hit: rebar in the slab
    samples[113, 17] = (118, -109, 96)
    samples[287, 40] = (-121, 104, 101)
    samples[301, 5] = (112, 115, -99)
    return samples.reshape(-1, 3), state


def magnitude(xyz):
    ax, ay, az = xyz[:, 0], xyz[:, 1], xyz[:, 2]
    return np.sqrt(ax * ax + ay * ay + az * az)  # whynan: int_overflow phase=data also=sqrt_of_negative rows=113,287,301


def window_features(mag):
    m = mag.reshape(-1, WIN) / 32.0
    d = np.diff(m, axis=1)
    spec = np.abs(np.fft.rfft(m - m.mean(axis=1, keepdims=True), axis=1))[:, 1:17] / WIN
    return np.concatenate([
        m.mean(axis=1, keepdims=True),
        m.std(axis=1, keepdims=True),
        m.max(axis=1, keepdims=True),
        np.abs(d).mean(axis=1, keepdims=True),
        spec * 4.0,
    ], axis=1).astype("float32")


raw, labels = simulate_log()
print("samples", raw.shape, raw.dtype, "min", raw.min(), "max", raw.max())
X = window_features(magnitude(raw))
Y = labels.astype("int32")

net = keras.Sequential([
    keras.layers.Input((X.shape[1],)),
    keras.layers.Dense(48, activation="tanh"),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(len(STATES)),
])
opt = keras.optimizers.Adam(learning_rate=2e-3)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = xent(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


BS = 30
for epoch in range(15):
    losses = []
    for i in range(0, len(X), BS):
        losses.append(float(step(tf.constant(X[i:i + BS]), tf.constant(Y[i:i + BS]))))
    if epoch % 3 == 0 or epoch == 14:
        acc = np.mean(np.argmax(net(X).numpy(), axis=1) == Y)
        print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  acc {acc:.3f}")

conf = np.zeros((3, 3), int)
for t, p in zip(Y, np.argmax(net(X).numpy(), axis=1)):
    conf[t, p] += 1
print(conf)
