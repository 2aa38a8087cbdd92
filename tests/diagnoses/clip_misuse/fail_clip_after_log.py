import numpy as np
import tensorflow as tf
import keras

tf.random.set_seed(5)
np.random.seed(5)


class Captioner(keras.Model):
    """Bag of features to word distribution."""

    def __init__(self, vocab):
        super().__init__()
        self.hidden = keras.layers.Dense(24, activation="tanh")
        self.words = keras.layers.Dense(vocab)

    def call(self, x):
        scores = self.words(self.hidden(x))
        sparse = tf.nn.relu(scores)
        return sparse / (tf.reduce_sum(sparse, axis=-1, keepdims=True) + 1e-6)


def nll(y, p):
    logp = tf.math.log(p)  # whynan: clip_misuse phase=gradient also=log_of_zero
    logp = tf.clip_by_value(logp, -50.0, 0.0)
    return -tf.reduce_mean(tf.gather(logp, y, batch_dims=1))


x = np.random.randn(320, 10).astype("float32")
y = np.random.randint(0, 30, 320)
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(320, seed=5).batch(40)

net = Captioner(30)
optimizer = keras.optimizers.Adam(1e-3)


@tf.function
def train_batch(xb, yb):
    with tf.GradientTape() as tape:
        loss = nll(yb, net(xb))
    g = tape.gradient(loss, net.trainable_weights)
    optimizer.apply_gradients(zip(g, net.trainable_weights))
    return loss


for epoch in range(2):
    for xb, yb in ds:
        print("loss = %.4f" % train_batch(xb, yb).numpy())
