import numpy as np
import tensorflow as tf
import keras

# Correction curves for digital calipers: what does the display show, and
# how sure can we be about it? (temperature, jaw wear, battery, length)

keras.utils.set_random_seed(25)
rng = np.random.default_rng(25)

n = 4096
temp = rng.normal(0, 1, n)
wear = rng.exponential(0.7, n)
volt = rng.normal(0, 1, n)
length = rng.uniform(-1.7, 1.7, n)
noise = 0.02 * (1 + 0.6 * wear)
shown = 0.8 * length + 0.35 * temp * length - 0.25 * np.tanh(wear) + 0.1 * volt
shown = shown + noise * rng.normal(size=n)

X = np.stack([temp, wear, volt, length], 1).astype("float32")
Y = shown.astype("float32")[:, None]
cut = 3584
train = tf.data.Dataset.from_tensor_slices((X[:cut], Y[:cut])).shuffle(cut, seed=2).batch(64)
held = (tf.constant(X[cut:]), tf.constant(Y[cut:]))

inp = keras.Input((4,))
h = keras.layers.Dense(64, activation="swish")(inp)
h = keras.layers.Dense(64, activation="swish")(h)
centre = keras.layers.Dense(1)(h)
raw_width = keras.layers.Dense(1)(h)
net = keras.Model(inp, [centre, raw_width])


def nll(y, out):
    mean, raw = out
    width = tf.nn.softplus(raw) + 2e-3
    # constant 0.919 left out
    return tf.reduce_mean(0.5 * tf.square((y - mean) / width) + tf.math.log(width))


epochs = 20
rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * 56)
optimizer = keras.optimizers.Adam(rate, global_clipnorm=5.0)
optimizer.build(net.trainable_variables)


@tf.function
def one_epoch():
    total = 0.0
    count = 0.0
    worst = -1e9
    for xb, yb in train:
        with tf.GradientTape() as tape:
            loss = nll(yb, net(xb, training=True))
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
        total += loss
        count += 1.0
        worst = tf.maximum(worst, loss)
    return total / count, worst


for e in range(epochs):
    avg, worst = one_epoch()
    print("epoch", e, "loss", float(avg), "worst batch", float(worst), "held out", float(nll(held[1], net(held[0]))))

m, r = net(held[0])
s = tf.nn.softplus(r) + 2e-3
z = ((held[1] - m) / s).numpy()
print("width from", float(tf.reduce_min(s)), "to", float(tf.reduce_max(s)))
print("std of the standardised residuals", z.std())
print("likelihood per reading", float(tf.exp(-nll(held[1], (m, r)))))
