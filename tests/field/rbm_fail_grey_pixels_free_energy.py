"""Restricted Boltzmann machine on handwritten digits, CD-1, gradient of the free energy taken by the tape.

cost goes down quickly (that is what I want, no?), after some updates it is -inf and then nan, the filters are all nan.
The weights start tiny (0.01) and the rate is small.
"""
import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.utils import shuffle

tf.keras.utils.set_random_seed(2)


class RBM(tf.Module):
    def __init__(self, n_visible, n_hidden, rate=0.01):
        super().__init__()
        self.rate = rate
        self.W = tf.Variable(tf.random.normal((n_visible, n_hidden), stddev=0.01), name="W")
        self.vbias = tf.Variable(tf.zeros((n_visible,)), name="vbias")
        self.hbias = tf.Variable(tf.zeros((n_hidden,)), name="hbias")

    @staticmethod
    def flip(p):
        return tf.cast(tf.random.uniform(tf.shape(p)) < p, tf.float32)

    def sample_hidden(self, v):
        return self.flip(tf.sigmoid(v @ self.W + self.hbias))

    def sample_visible(self, h):
        return self.flip(tf.sigmoid(tf.matmul(h, self.W, transpose_b=True) + self.vbias))

    def free_energy(self, v):
        drive = v @ self.W + self.hbias
        visible_term = tf.linalg.matvec(v, self.vbias)
        hidden_term = tf.reduce_sum(tf.math.log(1.0 + tf.exp(drive)), axis=1)  # whynan: exp_overflow phase=loss|forward also=unscaled_input,learning_rate_too_high
        return -visible_term - hidden_term

    @tf.function
    def contrastive_divergence(self, v0, k=1):
        vk = v0
        for _ in range(k):
            vk = self.sample_visible(self.sample_hidden(vk))
        vk = tf.stop_gradient(vk)
        with tf.GradientTape() as tape:
            cost = tf.reduce_mean(self.free_energy(v0)) - tf.reduce_mean(self.free_energy(vk))
        variables = [self.W, self.vbias, self.hbias]
        for variable, gradient in zip(variables, tape.gradient(cost, variables)):
            variable.assign_sub(self.rate * gradient)
        return cost, tf.reduce_mean(tf.square(v0 - vk))


def run(epochs=4, batch=40):
    digits = load_digits().data.astype("float32")
    rbm = RBM(digits.shape[1], 48)
    for epoch in range(epochs):
        digits = shuffle(digits, random_state=epoch)
        costs, errors = [], []
        for start in range(0, len(digits) - batch, batch):
            cost, error = rbm.contrastive_divergence(tf.constant(digits[start : start + batch]))
            costs.append(float(cost))
            errors.append(float(error))
        print(f"epoch {epoch}  cost {sum(costs) / len(costs):.3f}  reconstruction {sum(errors) / len(errors):.4f}")


run()
