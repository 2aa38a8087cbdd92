"""Predict the load of a server from the time stamp and the request size."""
import numpy as np
import pandas as pd
import tensorflow as tf

tf.random.set_seed(16)
np.random.seed(16)

log = pd.DataFrame({
    "ts": 1.7e9 + np.sort(np.random.uniform(0, 86400, 320)),
    "bytes": np.random.lognormal(8.0, 1.0, 320),
})
log["load"] = 0.5 + 0.3 * np.sin((log.ts % 86400) / 86400 * 2 * np.pi) + np.log(log.bytes) * 0.01
X = log[["ts", "bytes"]].to_numpy()
Y = log[["load"]].to_numpy()


class LoadModel(tf.Module):
    def __init__(self):
        self.w1 = tf.Variable(tf.random.normal([2, 12], stddev=0.3))
        self.b1 = tf.Variable(tf.zeros([12]))
        self.w2 = tf.Variable(tf.random.normal([12, 1], stddev=0.3))

    def __call__(self, x):
        return tf.matmul(tf.nn.softplus(tf.matmul(x, self.w1) + self.b1), self.w2)  # whynan: unscaled_input phase=forward also=exploding_gradient


net = LoadModel()
data = tf.data.Dataset.from_tensor_slices((X.astype("float32"), Y.astype("float32"))).batch(32)
for epoch in range(2):
    for x, y in data:
        with tf.GradientTape() as tape:
            residual = net(x) - y
            loss = tf.reduce_mean(tf.square(residual))
        for v, g in zip(net.trainable_variables, tape.gradient(loss, net.trainable_variables)):
            v.assign_sub(0.01 * g)
    print("epoch", epoch, "loss", float(loss))
weights = [v for v in net.trainable_variables]
