# Spectra are big, so they are kept in half precision on disk and in memory.
import numpy as np
import tensorflow as tf

tf.random.set_seed(3)
rng = np.random.default_rng(3)

counts = rng.gamma(2.0, 900.0, size=(200, 24))
counts[118, 7] = 91240.0   # saturated peak
concentration = counts[:, 3:6].mean(1, keepdims=True) / 2000.0
spectra = counts.astype(np.float16)  # whynan: inf_in_input phase=data rows=118 also=float16_overflow

w1 = tf.Variable(tf.random.normal([24, 16], stddev=0.2))
b1 = tf.Variable(tf.zeros([16]))
w2 = tf.Variable(tf.random.normal([16, 1], stddev=0.2))
params = [w1, b1, w2]


@tf.function
def step(x, y, rate):
    with tf.GradientTape() as tape:
        hidden = tf.nn.softplus(tf.matmul(x, w1) + b1)
        loss = tf.reduce_mean(tf.square(tf.matmul(hidden, w2) - y))
    for p, g in zip(params, tape.gradient(loss, params)):
        p.assign_sub(rate * g)
    return loss


for epoch in range(3):
    for i in range(0, 200, 25):
        x = tf.constant(spectra[i:i + 25].astype("float32") / 2000.0)
        y = tf.constant(concentration[i:i + 25].astype("float32"))
        loss = step(x, y, 0.02)
    print(f"epoch {epoch}: loss {float(loss):.4f}")
