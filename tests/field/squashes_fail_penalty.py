"""Squash varieties from eight seed measurements.

The sklearn RidgeClassifier baseline did best with alpha=40; this is the same
thing with one hidden layer.
"""
import numpy as np
import tensorflow as tf
import keras
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(88)

VARIETIES = ["hokkaido", "butternut", "muscat", "spaghetti", "patisson"]
ALPHA = 40.0
LR = 0.05
HIDDEN = 32


def measure_seeds(per_class=200):
    rng = np.random.default_rng(88)
    rows, ids = [], []
    for c in range(len(VARIETIES)):
        centre = rng.normal(0, 1.2, 8)
        mix = rng.normal(0, 0.4, (8, 8)) + np.eye(8) * 0.6
        rows.append(centre + rng.normal(size=(per_class, 8)) @ mix)
        ids.append(np.full(per_class, c))
    X, y = np.concatenate(rows), np.concatenate(ids)
    p = rng.permutation(len(X))
    return X[p] * [4, 2, 1, .3, .1, 12, .5, 2] + [18, 9, 4, .8, .2, 140, 2, 9], y[p]


X, y = measure_seeds()
X = StandardScaler().fit_transform(X).astype("float32")
X_train, y_train, X_test, y_test = X[:800], y[:800], X[800:], y[800:]
base = RidgeClassifier(alpha=ALPHA).fit(X_train, y_train)
print("ridge baseline:", base.score(X_test, y_test))


class SeedNet(tf.Module):
    def __init__(self):
        super().__init__()
        glorot = keras.initializers.GlorotUniform(seed=1)
        self.w1 = tf.Variable(glorot((8, HIDDEN)))
        self.b1 = tf.Variable(tf.zeros([HIDDEN]))
        self.w2 = tf.Variable(glorot((HIDDEN, len(VARIETIES))))
        self.b2 = tf.Variable(tf.zeros([len(VARIETIES)]))

    def __call__(self, x):
        return tf.tanh(x @ self.w1 + self.b1) @ self.w2 + self.b2


net = SeedNet()


def objective(xb, yb):
    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=net(xb))
    penalty = ALPHA * tf.add_n([tf.reduce_sum(tf.square(w)) for w in (net.w1, net.w2)])  # whynan: regularization_too_large phase=loss
    return tf.reduce_mean(ce) + penalty


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = objective(xb, yb)
    for v, g in zip(net.trainable_variables,
                    tape.gradient(loss, net.trainable_variables)):
        v.assign_sub(LR * g)
    return loss


data = tf.data.Dataset.from_tensor_slices((X_train, y_train)).shuffle(800, seed=2).batch(32)
for epoch in range(10):
    losses = [float(step(xb, yb)) for xb, yb in data]
    acc = np.mean(net(tf.constant(X_test)).numpy().argmax(1) == y_test)
    print(f"epoch {epoch:2d}  loss {np.mean(losses):.4g}  test acc {acc:.3f}")
