"""Humidity profile correction for balloon sondes.  Optimizer: RAdam (Liu et al. 2020, algorithm 2)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1013)
rng = np.random.default_rng(1013)


class RAdam:
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-7):
        self.params = params
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.rho_inf = 2.0 / (1.0 - beta2) - 1.0
        self.m = [tf.Variable(tf.zeros_like(p)) for p in params]
        self.v = [tf.Variable(tf.zeros_like(p)) for p in params]
        self.t = 0

    def step(self, grads):
        self.t += 1
        b1t, b2t = self.beta1 ** self.t, self.beta2 ** self.t
        rho = self.rho_inf - 2.0 * self.t * b2t / (1.0 - b2t)
        num = (rho - 4.0) * (rho - 2.0) * self.rho_inf
        den = (self.rho_inf - 4.0) * (self.rho_inf - 2.0) * rho
        rect = tf.sqrt(num / den)  # whynan: sqrt_of_negative phase=update
        for p, g, m, v in zip(self.params, grads, self.m, self.v):
            m.assign(self.beta1 * m + (1.0 - self.beta1) * g)
            v.assign(self.beta2 * v + (1.0 - self.beta2) * tf.square(g))
            m_hat = m / (1.0 - b1t)
            v_hat = tf.sqrt(v / (1.0 - b2t))
            p.assign_sub(self.lr * rect * m_hat / (v_hat + self.eps))


def ascents(n):
    """Reported humidity lags in the cold; target = (chamber humidity - reported) in %RH."""
    temp = rng.uniform(-75, 25, n)
    pressure = 1013 * np.exp(-(25 - temp) / 6.5 / 8.0)
    rh = np.clip(rng.normal(55, 22, n), 2, 99)
    climb = rng.normal(5.2, 0.6, n)
    sun = np.clip(rng.normal(20, 30, n), -10, 80)
    age = rng.gamma(2.0, 120.0, n)
    lag = 0.04 * (15 - temp) * np.tanh((rh - 40) / 30) + 0.02 * np.maximum(sun, 0) + 0.004 * age
    X = np.c_[temp, pressure, rh, climb, sun, age]
    y = lag * climb / 5 + rng.normal(0, 0.4, n)
    return X, y


X, y = ascents(1600)
X = (X - X.mean(0)) / X.std(0)
y = (y - y.mean()) / y.std()
X, y = X.astype("float32"), y[:, None].astype("float32")
tr, te = slice(0, 1300), slice(1300, None)

net = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(1),
])
params = [w.value for w in net.trainable_variables]
opt = RAdam(params, lr=3e-3)

print(" epoch   train     test")
for epoch in range(8):
    order = rng.permutation(1300)
    running = []
    for lo in range(0, 1300, 50):
        pick = order[lo:lo + 50]
        with tf.GradientTape() as tape:
            pred = net(X[tr][pick], training=True)
            loss = tf.reduce_mean(tf.square(pred - y[tr][pick]))
        opt.step(tape.gradient(loss, params))
        running.append(float(loss))
    test = float(np.mean((net(X[te]).numpy() - y[te]) ** 2))
    print(f"{epoch:6d}  {np.mean(running):7.4f}  {test:7.4f}")
