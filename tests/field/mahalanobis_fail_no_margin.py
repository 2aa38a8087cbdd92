import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(21)


def sample_pairs(n, d=6, seed=5):
    rng = np.random.default_rng(seed)
    centre = np.zeros((2, d))
    centre[0, 0], centre[1, 0] = 2.0, -2.0
    ca, cb = rng.integers(0, 2, n), rng.integers(0, 2, n)
    a = centre[ca] + rng.normal(size=(n, d))
    b = centre[cb] + rng.normal(size=(n, d))
    return a.astype("float32"), b.astype("float32"), (ca == cb).astype("float32")


class MetricLearner(keras.Model):
    """d(a, b)^2 = |L (a - b)|^2"""

    def __init__(self, dim):
        super().__init__()
        self.L = self.add_weight(name="L", shape=(dim, dim), initializer=keras.initializers.Identity())

    def call(self, pair):
        a, b = pair
        proj = tf.matmul(a - b, self.L)
        return tf.reduce_sum(tf.square(proj), axis=1)


def pull_push(same, d2):
    # pull the same person together, push the others apart
    pull = same * d2
    push = (1.0 - same) * d2
    return tf.reduce_mean(pull - push)  # whynan: wrong_sign_loss phase=forward|loss also=exploding_gradient


def threshold_accuracy(same, d2):
    return np.mean((d2.numpy() < np.median(d2.numpy())) == (same.numpy() > 0.5))


model = MetricLearner(6)
opt = keras.optimizers.SGD(learning_rate=0.05)
a, b, same = sample_pairs(1024)
ds = tf.data.Dataset.from_tensor_slices((a, b, same)).shuffle(1024, seed=0).batch(64)


@tf.function
def train_step(a, b, same):
    with tf.GradientTape() as tape:
        d2 = model((a, b))
        loss = pull_push(same, d2)
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss, d2


for epoch in range(25):
    for xa, xb, s in ds:
        loss, d2 = train_step(xa, xb, s)
    print(epoch, float(loss), threshold_accuracy(s, d2))
