"""Which of three toad species is calling? Multinomial logistic regression, and to learn
how optimizers work I write the momentum (heavy ball) method myself."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

SPECIES = ["bufo", "calamita", "viridis"]


def record_calls(n):
    label = rng.integers(0, 3, n)
    pitch = np.array([1100.0, 1750.0, 1400.0])[label] + rng.normal(scale=160, size=n)
    pulse_rate = np.array([6.0, 11.0, 24.0])[label] + rng.normal(scale=3.5, size=n)
    length = np.array([0.4, 1.6, 6.0])[label] * np.exp(rng.normal(scale=0.5, size=n))
    air = rng.normal(13.0, 3.0, n)
    X = np.stack([pitch, pulse_rate, np.log(length), air], axis=1)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    return X.astype("float32"), label.astype("int32")


class HeavyBall:
    def __init__(self, params, lr=0.05, mu=0.9):
        self.params = params
        self.lr = lr
        self.mu = mu
        self.velocity = [tf.Variable(tf.zeros_like(p)) for p in params]

    def step(self, grads):
        for p, v, g in zip(self.params, self.velocity, grads):
            v.assign(self.mu * v - self.lr * g)
            p.assign_sub(v)


X, y = record_calls(1200)
X_test, y_test = X[1000:], y[1000:]
ds = tf.data.Dataset.from_tensor_slices((X[:1000], y[:1000])).shuffle(1000, seed=5).batch(50)

W = tf.Variable(tf.random.normal((X.shape[1], 3), stddev=0.05))
b = tf.Variable(tf.zeros((3,)))
opt = HeavyBall([W, b])


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        logits = tf.matmul(xb, W) + b
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
    opt.step(tape.gradient(loss, [W, b]))  # whynan: unstable
    return loss


for epoch in range(25):
    losses = [float(train_step(xb, yb)) for xb, yb in ds]
    acc = np.mean(np.argmax(X_test @ W.numpy() + b.numpy(), axis=1) == y_test)
    print("epoch %2d   loss %9.4f   test accuracy %.3f" % (epoch + 1, np.mean(losses), acc))

print("weights")
for name, col in zip(SPECIES, W.numpy().T):
    print("  %-9s" % name, np.round(col, 2))
