"""Matrix factorisation: how often is a record played on the jukebox of a pub?

Plain TensorFlow, because I wanted to see what an optimizer really does.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1959)

N_PUBS, N_RECORDS, DIM = 90, 400, 8


def play_log(n_rows, seed):
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(N_PUBS, 3))
    style = rng.normal(size=(N_RECORDS, 3))
    hit = rng.gamma(2.0, 0.5, N_RECORDS)
    pub = rng.integers(0, N_PUBS, n_rows)
    popular = hit / hit.sum()
    record = rng.choice(N_RECORDS, n_rows, p=popular)
    rate = np.exp(0.5 + 0.4 * (taste[pub] * style[record]).sum(1) + 0.3 * hit[record])
    plays = rng.poisson(np.minimum(rate, 60))
    return pub.astype("int32"), record.astype("int32"), np.log1p(plays).astype("float32")


class RMSProp:
    """Running mean of the squared gradient, one per weight."""

    def __init__(self, params, lr=0.01, rho=0.9, eps=1e-7):
        self.params = list(params)
        self.lr, self.rho, self.eps = lr, rho, eps
        self.sq = [tf.Variable(tf.zeros(p.shape), trainable=False) for p in self.params]

    def step(self, grads):
        for p, s, g in zip(self.params, self.sq, grads):
            g = tf.convert_to_tensor(g)
            s.assign(self.rho * s + (1.0 - self.rho) * tf.square(g))
            p.assign_sub(self.lr * g / tf.sqrt(s) + self.eps)  # whynan: divide_by_zero phase=update


class Factors(tf.Module):
    def __init__(self):
        super().__init__()
        init = tf.random_normal_initializer(0.0, 0.1)
        self.pub_vec = tf.Variable(init((N_PUBS, DIM)), name="pub_vec")
        self.record_vec = tf.Variable(init((N_RECORDS, DIM)), name="record_vec")
        self.pub_bias = tf.Variable(tf.zeros((N_PUBS,)), name="pub_bias")
        self.record_bias = tf.Variable(tf.zeros((N_RECORDS,)), name="record_bias")
        self.mean = tf.Variable(1.0, name="mean")

    def __call__(self, pub, record):
        u = tf.gather(self.pub_vec, pub)
        v = tf.gather(self.record_vec, record)
        return (
            self.mean
            + tf.gather(self.pub_bias, pub)
            + tf.gather(self.record_bias, record)
            + tf.reduce_sum(u * v, axis=1)
        )


pub, record, target = play_log(6000, seed=8)
model = Factors()
weights = [model.pub_vec, model.record_vec, model.pub_bias, model.record_bias, model.mean]
opt = RMSProp(weights, lr=0.01)


@tf.function
def train_step(p, r, t):
    with tf.GradientTape() as tape:
        err = model(p, r) - t
        loss = tf.reduce_mean(err * err)
    opt.step(tape.gradient(loss, weights))
    return loss


data = (
    tf.data.Dataset.from_tensor_slices((pub, record, target))
    .shuffle(6000, seed=2)
    .batch(100, drop_remainder=True)
)

for epoch in range(6):
    losses = [train_step(p, r, t).numpy() for p, r, t in data]
    print(f"epoch {epoch + 1}: mse of log plays {np.mean(losses):.4f}")

scores = model(tf.fill((N_RECORDS,), 12), tf.range(N_RECORDS)).numpy()
print("for pub 12:", np.argsort(-scores)[:10])
