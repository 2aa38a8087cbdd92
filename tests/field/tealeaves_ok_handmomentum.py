import numpy as np
import tensorflow as tf
from sklearn.datasets import make_spd_matrix
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

# three grades of Assam (dust, broken, whole leaf) from NIR spectra
# plain multinomial regression, own optimiser, everything in one graph

tf.keras.utils.set_random_seed(7)
rs = np.random.RandomState(7)

GRADES = ["dust", "broken", "whole"]
wl = np.linspace(900, 1700, 120)


def spectrum(grade, moisture):
    base = 0.6 + 0.15 * np.sin(wl / 140.0)
    water = moisture * np.exp(-((wl - 1450) / 60.0) ** 2)
    fibre = (0.10 + 0.09 * grade) * np.exp(-((wl - 1210) / 45.0) ** 2)
    scatter = (0.05 * grade - 0.05) * (wl - 1300) / 400.0
    return base + water + fibre + scatter


labels = rs.randint(0, 3, size=2400)
spectra = np.stack([spectrum(k, rs.uniform(0.1, 0.4)) for k in labels])
cov = make_spd_matrix(6, random_state=7) * 4e-4
bumps = np.stack([np.exp(-((wl - c) / 90.0) ** 2) for c in (950, 1100, 1200, 1350, 1500, 1650)])
spectra += rs.multivariate_normal(np.zeros(6), cov, size=2400) @ bumps
spectra += rs.normal(0, 0.004, spectra.shape)

feats = PCA(8, random_state=0).fit_transform(StandardScaler().fit_transform(spectra))
feats = StandardScaler().fit_transform(feats).astype("float32")
x_tr, y_tr = feats[:2000], labels[:2000].astype("int32")
x_te, y_te = feats[2000:], labels[2000:].astype("int32")

W = tf.Variable(tf.zeros([8, 3]), name="W")
b = tf.Variable(tf.zeros([3]), name="b")
params = [W, b]
velocity = [tf.Variable(tf.zeros_like(p), trainable=False) for p in params]
LR, MU = 0.02, 0.9


def cross_entropy(x, y):
    logits = x @ W + b
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))


@tf.function
def train_epoch(x, y):
    order = tf.random.shuffle(tf.range(2000))
    total = tf.constant(0.0)
    for i in tf.range(20):
        pick = order[i * 100:(i + 1) * 100]
        xb, yb = tf.gather(x, pick), tf.gather(y, pick)
        with tf.GradientTape() as tape:
            loss = cross_entropy(xb, yb)
        grads = tape.gradient(loss, params)
        for p, v, dp in zip(params, velocity, grads):
            v.assign(MU * v - LR * dp)
            p.assign_sub(v)  # whynan: unstable
        total += loss
    return total / 20.0


x_tr, y_tr = tf.constant(x_tr), tf.constant(y_tr)
for epoch in range(15):
    loss = train_epoch(x_tr, y_tr)
    hit = tf.argmax(x_te @ W.numpy() + b.numpy(), axis=1).numpy() == y_te
    print(f"epoch {epoch + 1:2d}  loss {float(loss):10.4f}  test accuracy {hit.mean():.3f}")

print("largest weight per grade:", dict(zip(GRADES, np.abs(W.numpy()).max(0).round(2))))
