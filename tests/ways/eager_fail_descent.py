import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
area = rng.uniform(40, 220, size=(200, 1)).astype("float32")
rooms = rng.integers(1, 7, size=(200, 1)).astype("float32")
X = tf.constant(np.hstack([area, rooms]))
price = tf.constant(2.1 * area + 14 * rooms + rng.normal(0, 8, (200, 1)).astype("float32"))

w = tf.Variable([[0.0], [0.0]])
b = tf.Variable(0.0)

learning_rate = 0.1
for step in range(40):
    with tf.GradientTape() as tape:
        error = X @ w + b - price
        mse = tf.reduce_mean(error ** 2)  # whynan: learning_rate_too_high phase=loss also=unscaled_input,exploding_gradient,unscaled_target
    gw, gb = tape.gradient(mse, (w, b))
    w.assign_sub(learning_rate * gw)
    b.assign_sub(learning_rate * gb)
    if step % 2 == 0:
        print(step, mse.numpy())
print(w.numpy().ravel(), b.numpy())
