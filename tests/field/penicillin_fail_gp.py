# GP surrogate for the fed-batch simulator: yield as a function of the (scaled) feed ramp
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)


def simulator(x):
    """Deterministic yield curve, cheap stand-in for the real reactor model."""
    centres = np.array([-3.6, -1.7, 0.2, 1.9, 3.8])
    heights = np.array([0.8, -0.6, 1.2, 0.5, -0.9])
    return (heights * np.exp(-0.5 * (x[:, None] - centres) ** 2)).sum(axis=1)


x_train = np.sort(rng.uniform(-5, 5, 110)).astype("float32")
y_train = simulator(x_train).astype("float32")
x_test = np.linspace(-4.8, 4.8, 40).astype("float32")
y_test = simulator(x_test).astype("float32")

X = tf.constant(x_train[:, None])
Y = tf.constant(y_train[:, None])
N = len(x_train)


class SurrogateGP(tf.Module):

    def __init__(self):
        super().__init__()
        self.log_length = tf.Variable(0.0)
        self.log_amp = tf.Variable(0.0)
        self.log_noise = tf.Variable(np.log(0.05).astype("float32"))

    def kernel(self, a, b):
        d2 = tf.square(a - tf.transpose(b))
        ell2 = tf.exp(2.0 * self.log_length)
        return tf.exp(2.0 * self.log_amp) * tf.exp(-0.5 * d2 / ell2)

    def chol(self):
        K = self.kernel(X, X) + tf.exp(self.log_noise) * tf.eye(N)
        return tf.linalg.cholesky(K)  # whynan: not_positive_definite phase=forward|loss

    def neg_log_marginal(self):
        L = self.chol()
        alpha = tf.linalg.cholesky_solve(L, Y)
        fit = 0.5 * tf.reduce_sum(Y * alpha)
        logdet = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(L)))
        return fit + logdet + 0.5 * N * np.log(2 * np.pi)

    def predict(self, xs):
        alpha = tf.linalg.cholesky_solve(self.chol(), Y)
        return tf.matmul(self.kernel(xs, X), alpha)


gp = SurrogateGP()
opt = keras.optimizers.Adam(0.05)
opt.build(list(gp.trainable_variables))


@tf.function
def train_step():
    with tf.GradientTape() as tape:
        loss = gp.neg_log_marginal()
    variables = gp.trainable_variables
    grads = tape.gradient(loss, variables)
    opt.apply_gradients(zip(grads, variables))
    return loss


for i in range(700):
    loss = train_step()
    if i % 50 == 0:
        print("iter %3d  nlml %9.3f  length %.3f  amp %.3f  noise %.2e" % (
            i, float(loss), np.exp(gp.log_length.numpy()), np.exp(gp.log_amp.numpy()),
            np.exp(gp.log_noise.numpy())))

pred = gp.predict(tf.constant(x_test[:, None])).numpy()[:, 0]
print("test rmse", np.sqrt(np.mean((pred - y_test) ** 2)))
