"""Linear yield model for asparagus fields from ten vegetation indices, plain gradient descent."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

INDICES = ["ndvi", "evi", "savi", "msavi", "gndvi", "ndre", "osavi", "cig", "mtci", "wdrvi"]
FIELDS = 600
HOLDOUT = 150


def make_fields():
    vigour = rng.normal(size=FIELDS)
    columns = []
    for _ in INDICES:
        gain, base = rng.uniform(0.05, 0.2), rng.uniform(0.2, 0.6)
        columns.append(base + gain * (vigour + 0.5 * rng.normal(size=FIELDS)))
    tonnes = 6.5 + 1.4 * vigour + 0.5 * rng.normal(size=FIELDS)
    return np.column_stack(columns), tonnes


raw, tonnes = make_fields()
scaled = (raw - raw.mean(axis=0)) / raw.std(axis=0)
X = tf.constant(scaled, tf.float32)
t = tf.constant(tonnes[:, None], tf.float32)
X_fit, t_fit = X[HOLDOUT:], t[HOLDOUT:]
X_new, t_new = X[:HOLDOUT], t[:HOLDOUT]

w = tf.Variable(tf.zeros((len(INDICES), 1)), name="w")
b = tf.Variable(tf.reduce_mean(t_fit), name="b")


def predict(x):
    return tf.matmul(x, w) + b


rate = 0.15
log = []
for it in range(60):
    with tf.GradientTape() as tape:
        mse = tf.reduce_mean(tf.square(predict(X_fit) - t_fit))
    dw, db = tape.gradient(mse, [w, b])
    w.assign_sub(rate * dw)  # whynan: unstable
    b.assign_sub(rate * db)
    log.append(float(mse))
    if it % 5 == 4:
        new = tf.reduce_mean(tf.square(predict(X_new) - t_new))
        print(f"iteration {it + 1:3d}  mse {log[-1]:.4g}  holdout {float(new):.4g}")

print("\nweights")
for name, value in zip(INDICES, w.numpy()[:, 0]):
    print(f"  {name:6s} {value: .3g}")
print("constant", float(b))
