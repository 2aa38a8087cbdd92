"""Blank walnuts (no kernel inside) from the sorter's load cell and the sound of the drop.

One nut = six numbers: weight, diameter, dominant frequency, decay time, loudness, bounce height.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)

EPS = 1e-7
BATCH = 32
EPOCHS = 6


def drop_test(n):
    blank = (rng.random(n) < 0.27).astype("float32")
    diameter = rng.normal(34.0, 2.2, n)
    weight = 0.34 * diameter - 3.1 * blank + rng.normal(0, 0.7, n)
    freq = 2100 + 640 * blank + rng.normal(0, 260, n)
    decay = 14.0 + 6.5 * blank + rng.normal(0, 2.5, n)
    loud = 71 - 2.0 * blank + rng.normal(0, 2.0, n)
    bounce = 4.1 + 0.8 * blank + rng.normal(0, 0.6, n)
    X = np.stack([weight, diameter, freq, decay, loud, bounce], axis=1)
    return X.astype("float32"), blank


def mlp(widths, act):
    net = keras.Sequential([keras.Input((6,))])
    for w in widths:
        net.add(layers.Dense(w, activation=act))
    return net


def blank_loss(y, p):
    hit = y * tf.math.log(p + EPS)  # whynan: wrong_loss_for_activation phase=forward|loss
    miss = (1.0 - y) * tf.math.log(1.0 - p + EPS)
    return -tf.reduce_mean(hit + miss)


X, y = drop_test(1800)
mu, sd = X[:1400].mean(axis=0), X[:1400].std(axis=0)
X = (X - mu) / sd
train = tf.data.Dataset.from_tensor_slices((X[:1400], y[:1400, None]))
train = train.shuffle(1400, seed=4).batch(BATCH, drop_remainder=True)
X_val, y_val = X[1400:], y[1400:]

net = mlp([24, 12, 1], act="tanh")
opt = keras.optimizers.Adam(3e-3)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        p = net(xb, training=True)
        loss = blank_loss(yb, p)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(EPOCHS):
    losses = [float(step(xb, yb)) for xb, yb in train]
    p_val = net.predict(X_val, verbose=0)[:, 0]
    acc = np.mean((p_val > 0.5) == (y_val > 0.5))
    print(f"epoch {epoch + 1}  loss {np.mean(losses):.4f}  val acc {acc:.3f}")

kept = net.predict(X_val, verbose=0)[:, 0] < 0.5
print("blanks left in the good bin:", int(y_val[kept].sum()), "of", int(kept.sum()))
