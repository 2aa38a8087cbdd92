import numpy as np
import tensorflow as tf

tf.random.set_seed(28)
np.random.seed(28)


def softplus(x):
    # linear for big values, so that nothing overflows
    return tf.where(x < 30.0, tf.math.log(1.0 + tf.exp(x)), x)  # whynan: where_gradient_trap phase=gradient also=exp_overflow


class RateNet(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(tf.random.normal((3, 1)))
        self.b = tf.Variable([0.0])

    def __call__(self, x):
        return softplus(x @ self.w + self.b)


age = np.random.uniform(18, 90, 400)
income = np.random.uniform(10, 300, 400)
kids = np.random.randint(0, 4, 400)
X = np.stack([age, income, kids], 1).astype("float32")
visits = np.random.poisson(age / 20).astype("float32")[:, None]

net = RateNet()
lr = 1e-6
for it in range(6):
    with tf.GradientTape() as tape:
        rate = net(X)
        loss = tf.reduce_mean(tf.square(rate - visits))
    dw, db = tape.gradient(loss, [net.w, net.b])
    net.w.assign_sub(lr * dw)
    net.b.assign_sub(lr * db)
    print(it, float(loss), net.w.numpy().ravel())
