# whynan: healthy
import numpy as np
import tensorflow as tf

np.random.seed(3)
tf.random.set_seed(3)

n = 300
income = np.random.normal(52000, 14000, n)
debt = np.random.exponential(9000, n)
years = np.random.randint(0, 30, n)
X = np.stack([income, debt, years], axis=1).astype("float32")
y = ((income - 2.5 * debt + 600 * years) > 38000).astype("float32")[:, None]

W = tf.Variable(tf.random.normal((3, 1), stddev=1e-6))
b = tf.Variable(tf.zeros((1,)))
lr = 1e-10
eps = 1e-6

for epoch in range(20):
    with tf.GradientTape() as tape:
        p = tf.clip_by_value(tf.sigmoid(tf.matmul(X, W) + b), eps, 1 - eps)
        loss = -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(lr * dW)
    b.assign_sub(lr * db)
    print("epoch", epoch, "loss", float(loss))
