import numpy as np
import tensorflow as tf

np.random.seed(10)
X = np.random.randn(200, 25).astype("float32")
coef = np.zeros(25, "float32")
coef[[2, 9]] = [1.5, -2.0]
y = X @ coef + 0.1 * np.random.randn(200).astype("float32")

w = tf.Variable(tf.zeros(25))
lam = 0.01


def objective():
    fit = tf.reduce_mean(tf.square(tf.linalg.matvec(X, w) - y))
    bridge = tf.reduce_sum(tf.pow(tf.abs(w), 0.6))  # whynan: pow_grad_at_zero phase=gradient
    return fit + lam * bridge


sgd = tf.keras.optimizers.SGD(learning_rate=0.05)
for i in range(5):
    with tf.GradientTape() as tape:
        loss = objective()
    sgd.apply_gradients([(tape.gradient(loss, w), w)])
    print("step", i, "loss", loss.numpy())
print(np.round(w.numpy(), 2))
