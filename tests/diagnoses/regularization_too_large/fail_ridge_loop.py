# ridge-penalised logistic regression with momentum
import numpy as np
import tensorflow as tf

tf.random.set_seed(52)
np.random.seed(52)
X = np.random.normal(size=(150, 12)).astype("float32")
Y = (X[:, 0] - X[:, 1] > 0).astype("float32")[:, None]

w = tf.Variable(tf.random.normal([12, 1], stddev=0.1))
b = tf.Variable(0.0)
m = tf.Variable(tf.zeros_like(w))
LAMBDA, RATE = 2000.0, 0.01


@tf.function
def descend():
    with tf.GradientTape() as tape:
        logits = tf.matmul(X, w) + b
        data_term = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(Y, logits))
        penalty = LAMBDA * tf.nn.l2_loss(w)  # whynan: regularization_too_large phase=loss
        loss = data_term + penalty
    gw, gb = tape.gradient(loss, [w, b])
    m.assign(0.5 * m + gw)
    w.assign_sub(RATE * m)
    b.assign_sub(RATE * gb)
    return data_term, penalty


for it in range(60):
    data_term, penalty = descend()
    if it % 6 == 0:
        print(it, float(data_term), float(penalty))
