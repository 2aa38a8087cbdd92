"""Tool wear regression with my own loop. The noise level is learned together with the network
(Gaussian likelihood), which worked on last month's 389 cuts.

With this month's file the losses inside epoch 1 fall nicely, the epoch mean prints nan
and from epoch 2 on everything is nan.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

BATCH = 32
EPOCHS = 4


def read_cuts(n=400):
    speed = rng.uniform(80, 220, n)
    feed = rng.uniform(0.05, 0.4, n)
    minutes = rng.uniform(1, 45, n)
    force = 200 + 900 * feed + 4 * minutes + rng.normal(0, 15, n)
    vibration = 0.5 + 0.02 * minutes + rng.normal(0, 0.08, n)
    wear = 0.02 + 0.0004 * minutes * (speed / 100) ** 1.5 + 0.15 * feed + rng.normal(0, 0.01, n)
    features = np.stack([speed, feed, minutes, force, vibration], axis=1)
    features = (features - features.mean(0)) / features.std(0)
    return features.astype("float32"), (10 * wear).astype("float32")


class WearNet(keras.Model):
    def __init__(self, units=32):
        super().__init__()
        self.hidden = keras.layers.Dense(units, activation="tanh")
        self.wear = keras.layers.Dense(1)
        self.log_sigma = self.add_weight(shape=(), initializer="zeros", name="log_sigma")

    def call(self, x):
        return self.wear(self.hidden(x))


features, wear = read_cuts()
x_train, x_test, y_train, y_test = train_test_split(features, wear, test_size=0.2, random_state=0)

net = WearNet()
net(x_train[:1])
optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        prediction = net(x, training=True)[:, 0]
        mse = tf.reduce_mean(tf.square(y - prediction))  # whynan: empty_reduction phase=forward|loss also=divide_by_zero
        log_sigma = tf.convert_to_tensor(net.log_sigma)
        nll = 0.5 * tf.exp(-2.0 * log_sigma) * mse + log_sigma
    grads = tape.gradient(nll, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    return nll


steps = len(x_train) // BATCH + 1  # the last one takes the remainder
for epoch in range(EPOCHS):
    order = rng.permutation(len(x_train))
    losses = []
    for step in range(steps):
        take = order[step * BATCH:(step + 1) * BATCH]
        losses.append(float(train_step(x_train[take], y_train[take])))
    print(f"epoch {epoch + 1}: step 5 {losses[4]:.4f}   mean {np.mean(losses):.4f}   sigma {np.exp(net.log_sigma.numpy()):.4f}")

residual = y_test - net(x_test).numpy()[:, 0]
print("test RMSE", float(np.sqrt(np.mean(residual**2))))
