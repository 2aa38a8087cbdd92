"""Brake wear of mine dump trucks from shift data and on-board fault codes.

No Keras here on purpose: the thing has to run on the pit server, where we
only want tf.Module and a SavedModel.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)

N_CODES = 48          # table in the service manual, rev. D
N_NUM = 4
N_IN = N_CODES + N_NUM
BATCH = 64
EPOCHS = 6


def load_shifts(n=1800, seed=5):
    rng = np.random.default_rng(seed)
    payload = rng.normal(138.0, 12.0, n)
    grade = rng.uniform(4.0, 11.0, n)
    hours = rng.uniform(3.0, 11.5, n)
    temp = rng.normal(17.0, 8.0, n)
    numbers = np.stack([payload, grade, hours, temp], axis=1)
    numbers = (numbers - numbers.mean(0)) / numbers.std(0)

    codes = np.zeros((n, N_CODES))
    for _ in range(3):
        hit = np.minimum(rng.geometric(0.09, n), 44) - 1
        codes[np.arange(n), hit] = 1.0

    severity = rng.normal(0.0, 0.4, N_CODES)
    wear = (0.6 * numbers[:, 0] + 0.8 * numbers[:, 1] + 0.5 * numbers[:, 2]
            + 0.3 * numbers[:, 0] * numbers[:, 1] + codes @ severity
            + rng.normal(0.0, 0.2, n))
    x = np.concatenate([numbers, codes], axis=1).astype("float32")
    return x, wear.astype("float32")


class WearNet(tf.Module):
    def __init__(self, n_in, width, name=None):
        super().__init__(name=name)
        self.w1 = tf.Variable(tf.random.normal([n_in, width], stddev=n_in ** -0.5), name="w1")
        self.b1 = tf.Variable(tf.zeros([width]), name="b1")
        self.w2 = tf.Variable(tf.random.normal([width, 1], stddev=width ** -0.5), name="w2")
        self.b2 = tf.Variable(tf.zeros([1]), name="b2")

    def __call__(self, x):
        h = tf.tanh(tf.matmul(x, self.w1) + self.b1)
        return tf.squeeze(tf.matmul(h, self.w2) + self.b2, axis=1)


class RootMeanSquareStep(tf.Module):
    """Hinton's lecture 6e."""

    def __init__(self, targets, rate=0.004, keep=0.9):
        super().__init__()
        self.targets = list(targets)
        self.square_mean = [tf.Variable(tf.zeros_like(t), trainable=False) for t in self.targets]
        self.rate = rate
        self.keep = keep

    def __call__(self, grads):
        for target, sq, grad in zip(self.targets, self.square_mean, grads):
            sq.assign(self.keep * sq + (1.0 - self.keep) * tf.square(grad))
            target.assign_sub(self.rate * grad / tf.sqrt(sq))  # whynan: divide_by_zero phase=update


x, y = load_shifts()
shifts = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).batch(BATCH)

net = WearNet(N_IN, 24)
stepper = RootMeanSquareStep([net.w1, net.b1, net.w2, net.b2])


@tf.function(input_signature=[tf.TensorSpec([None, N_IN], tf.float32),
                              tf.TensorSpec([None], tf.float32)])
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(xb) - yb))
    stepper(tape.gradient(loss, stepper.targets))
    return loss


@tf.function
def one_epoch():
    total = tf.constant(0.0)
    count = tf.constant(0.0)
    for xb, yb in shifts:
        total += train_step(xb, yb)
        count += 1.0
    return total / count


for epoch in range(EPOCHS):
    print(f"epoch {epoch}: mse {float(one_epoch()):.4f}")

print("first predictions:", net(tf.constant(x[:5])).numpy().round(3))
