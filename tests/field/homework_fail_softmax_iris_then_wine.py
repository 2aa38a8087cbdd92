"""Machine Learning 1, sheet 4, exercise 2b: softmax regression without Keras, full batch gradient descent.
On iris the cost goes down with every iteration. Exactly the same code on the wine data prints 1.0986 once
and after that only nan. I did subtract the maximum before exp as in the lecture.
"""
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris, load_wine

tf.random.set_seed(4)


def softmax(z):
    # slide 31: shift by the maximum, the result is the same but exp cannot overflow
    z = z - tf.reduce_max(z)
    e = tf.exp(z)
    return e / tf.reduce_sum(e, axis=1, keepdims=True)  # whynan: exp_underflow phase=forward|loss also=divide_by_zero,unscaled_input


def cost(P, Y):
    return -tf.reduce_mean(tf.reduce_sum(Y * tf.math.log(P + 1e-9), axis=1))


for name, load in [("iris", load_iris), ("wine", load_wine)]:
    data = load()
    X = tf.constant(data.data.astype("float32"))
    y = data.target
    K = len(data.target_names)
    Y = tf.constant(np.eye(K, dtype="float32")[y])

    W = tf.Variable(tf.zeros((X.shape[1], K)))
    b = tf.Variable(tf.zeros((K,)))
    alpha = 0.001

    print("=====", name, X.shape)
    history = []
    for it in range(120):
        with tf.GradientTape() as tape:
            P = softmax(tf.matmul(X, W) + b)
            J = cost(P, Y)
        dW, db = tape.gradient(J, [W, b])
        W.assign_sub(alpha * dW)
        b.assign_sub(alpha * db)
        history.append(float(J))
        if it % 20 == 0:
            print("iteration", it, "cost", history[-1])

    P = softmax(tf.matmul(X, W) + b).numpy()
    print("training accuracy", (P.argmax(axis=1) == y).mean())
    print("last cost", history[-1])
