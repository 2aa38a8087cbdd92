"""Behaviour of tagged sea otters from depth loggers: a hidden Markov model
trained by gradient descent on the forward likelihood (in log space)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

STATES = ["rest", "travel", "dive", "surface"]
S, T = len(STATES), 30
MAY_FOLLOW = np.array([
    # rest   travel  dive   surface
    [True, True, False, False],    # rest
    [True, True, True, False],     # travel
    [False, False, True, True],    # dive
    [False, True, True, True],     # surface
])
MAY_START = np.array([True, True, False, True])

# ------------------------------------------------------------------ data
P = np.array([[.8, .2, 0, 0], [.15, .6, .25, 0], [0, 0, .7, .3], [0, .3, .3, .4]])
MEAN = np.array([0.2, 1.5, 9.0, 3.5])
SD = np.array([0.1, 0.5, 2.0, 0.8])


def simulate(n):
    depth = np.zeros((n, T))
    for i in range(n):
        s = rng.choice(S, p=[0.5, 0.3, 0.0, 0.2])
        for t in range(T):
            depth[i, t] = rng.normal(MEAN[s], SD[s])
            s = rng.choice(S, p=P[s])
    depth[rng.random((n, T)) < 0.08] = np.nan      # logger dropouts
    return depth.astype("float32")


class OtterHMM(keras.layers.Layer):
    def build(self, input_shape):
        self.trans = self.add_weight(shape=(S, S), initializer="zeros", name="trans")
        self.start = self.add_weight(shape=(S,), initializer="zeros", name="start")
        self.mu = self.add_weight(shape=(S,), initializer="zeros", name="mu")
        self.raw_sd = self.add_weight(shape=(S,), initializer="ones", name="raw_sd")
        self.mu.assign([0.0, 1.0, 8.0, 4.0])

    def log_tables(self):
        trans = tf.where(MAY_FOLLOW, tf.convert_to_tensor(self.trans), -np.inf)
        start = tf.where(MAY_START, tf.convert_to_tensor(self.start), -np.inf)
        return tf.nn.log_softmax(trans, axis=-1), tf.nn.log_softmax(start)

    def emission(self, depth):
        seen = tf.math.is_finite(depth)
        d = tf.where(seen, depth, 0.0)[..., None]
        sd = tf.nn.softplus(tf.convert_to_tensor(self.raw_sd)) + 0.05
        ll = -0.5 * tf.square((d - tf.convert_to_tensor(self.mu)) / sd) - tf.math.log(sd) - 0.919
        return tf.where(seen[..., None], ll, 0.0)

    def call(self, depth):
        log_trans, log_start = self.log_tables()
        emis = self.emission(depth)
        alpha = log_start + emis[:, 0]
        for t in range(1, T):
            alpha = tf.reduce_logsumexp(alpha[:, :, None] + log_trans, axis=1) + emis[:, t]
        return tf.reduce_logsumexp(alpha, axis=-1)


bouts = simulate(160)
hmm = OtterHMM()
hmm.build((None, T))
opt = keras.optimizers.Adam(0.05)
opt.build(hmm.trainable_variables)


@tf.function
def step(batch):
    with tf.GradientTape() as tape:
        nll = -tf.reduce_mean(hmm(batch)) / T
    grads = tape.gradient(nll, hmm.trainable_variables)
    opt.apply_gradients(zip(grads, hmm.trainable_variables))  # whynan: healthy
    return nll


ds = tf.data.Dataset.from_tensor_slices(bouts).shuffle(160, seed=1).batch(32)
for epoch in range(16):
    losses = [float(step(b)) for b in ds]
    if epoch % 4 == 3:
        print(f"epoch {epoch + 1}: nll per reading {np.mean(losses):.4f}")

print("depths:", dict(zip(STATES, np.round(np.array(hmm.mu), 2))))
print(np.round(np.exp(hmm.log_tables()[0].numpy()), 2))
