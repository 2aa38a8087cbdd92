"""To understand what happens inside I wrote the whole network for the wine table with plain
tensors: own start values, own cross-entropy, own momentum. The inputs are standardised, the
step is tiny, and still it prints inf in the first step and nan afterwards."""
import numpy as np
import tensorflow as tf
from keras.utils import set_random_seed
from sklearn.datasets import load_wine
from sklearn.preprocessing import StandardScaler

set_random_seed(2024)
RNG = np.random.default_rng(2024)


def he_normal(fan_in, fan_out):
    spread = np.sqrt(fan_in / 2.0)
    return tf.Variable(RNG.normal(0.0, spread, (fan_in, fan_out)).astype("float32"))


def make_parameters(sizes):
    weights = [he_normal(a, b) for a, b in zip(sizes[:-1], sizes[1:])]
    biases = [tf.Variable(tf.zeros([b])) for b in sizes[1:]]
    return weights, biases


def network(x, weights, biases):
    h = x
    for w, b in zip(weights[:-1], biases[:-1]):
        h = tf.nn.relu(tf.matmul(h, w) + b)
    scores = tf.matmul(h, weights[-1]) + biases[-1]
    # highest score to zero first, so that nothing can get too large
    scores = scores - tf.reduce_max(scores, axis=1, keepdims=True)
    raised = tf.exp(scores)
    return raised / tf.reduce_sum(raised, axis=1, keepdims=True)


def cross_entropy(labels, probabilities):
    wanted = tf.one_hot(labels, 3)
    of_true_class = tf.reduce_sum(wanted * probabilities, axis=1)
    return -tf.reduce_mean(tf.math.log(of_true_class))  # whynan: bad_initialization phase=loss also=log_of_zero,exp_underflow


class Momentum:
    def __init__(self, variables, rate, keep=0.9):
        self.variables = variables
        self.rate = rate
        self.keep = keep
        self.speed = [tf.Variable(tf.zeros_like(v)) for v in variables]

    def step(self, gradients):
        for v, s, g in zip(self.variables, self.speed, gradients):
            s.assign(self.keep * s - self.rate * g)
            v.assign_add(s)


def accuracy(x, y, weights, biases):
    guess = tf.argmax(network(x, weights, biases), axis=1).numpy()
    return float(np.mean(guess == y))


def main(sizes=(13, 64, 64, 3), epochs=5, batch=32):
    x, y = load_wine(return_X_y=True)
    x = StandardScaler().fit_transform(x).astype("float32")
    y = y.astype("int32")
    weights, biases = make_parameters(sizes)
    descent = Momentum(weights + biases, rate=1e-5)
    for epoch in range(epochs):
        order = RNG.permutation(len(x))
        losses = []
        for start in range(0, len(x), batch):
            pick = order[start:start + batch]
            with tf.GradientTape() as tape:
                probabilities = network(x[pick], weights, biases)
                loss = cross_entropy(y[pick], probabilities)
            descent.step(tape.gradient(loss, descent.variables))
            losses.append(float(loss))
        print(f"epoch {epoch}: loss {np.mean(losses):.4f}  accuracy {accuracy(x, y, weights, biases):.3f}")


if __name__ == "__main__":
    main()
