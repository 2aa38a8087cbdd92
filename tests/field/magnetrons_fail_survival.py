# Lifetime of radar magnetrons: gamma model with right censoring.
# Tubes still in service contribute log S(t), dead ones log f(t).
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)

K = tf.constant(2.0)          # shape, from the manufacturer's report
n = 1500

duty = rng.uniform(0.2, 1.0, n)
anode_kv = rng.normal(22, 2, n)
coolant = rng.normal(35, 6, n)
restarts = rng.poisson(12, n)
feats = np.column_stack([duty, anode_kv, coolant, restarts]).astype("float32")
feats = (feats - feats.mean(0)) / feats.std(0)

theta = 2600 * np.exp(-0.5 * (duty - 0.6) - 0.1 * (coolant - 35) / 6)
life = rng.gamma(2.0, theta)
follow_up = rng.uniform(1000, 12000, n)
hours = np.minimum(life, follow_up)
dead = (life <= follow_up).astype("float32")

# weather radar on the hill, counter read off by phone
hours[977], dead[977] = 11_480 * 60, 0.0

t = (hours / np.median(hours)).astype("float32")
print("tubes", n, "dead", int(dead.sum()), "median hours", round(float(np.median(hours))))


class GammaNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.h1 = keras.layers.Dense(24, activation="tanh")
        self.h2 = keras.layers.Dense(12, activation="tanh")
        self.out = keras.layers.Dense(1, kernel_initializer=keras.initializers.RandomNormal(stddev=0.05))

    def call(self, x):
        return 0.05 + tf.nn.softplus(self.out(self.h2(self.h1(x))))[:, 0]


def nll(scale, time, event):
    u = time / scale
    log_f = (K - 1.0) * tf.math.log(u) - u - tf.math.lgamma(K) - tf.math.log(scale)
    log_s = tf.math.log(tf.math.igammac(K, u))  # whynan: log_of_zero phase=loss also=exp_underflow rows=977
    return -tf.reduce_mean(event * log_f + (1.0 - event) * log_s)


net = GammaNet()
opt = keras.optimizers.Adam(3e-3, clipnorm=5.0)


@tf.function
def step(x, time, event):
    with tf.GradientTape() as tape:
        loss = nll(net(x), time, event)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


net(feats[:2])
opt.build(net.trainable_variables)

data = tf.data.Dataset.from_tensor_slices((feats, t, dead)).batch(75)
for epoch in range(6):
    tot, cnt = 0.0, 0
    for xb, tb, eb in data:
        tot += float(step(xb, tb, eb))
        cnt += 1
    print("epoch %d  nll %.4f" % (epoch, tot / cnt))

pred = 2.0 * net(feats).numpy() * np.median(hours)
print("expected hours, first tubes:", pred[:4].round())
