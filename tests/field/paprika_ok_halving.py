# Successive halving over a handful of nets that predict the moisture (in %)
# of paprika flakes leaving the belt dryer.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

N = 1600
belt = rng.uniform(0.4, 2.2, N)            # m/min
air = rng.normal(68.0, 6.0, N)             # deg C
layer_cm = rng.uniform(1.0, 6.0, N)
fresh = rng.normal(82.0, 3.0, N)           # % moisture going in
fan = rng.uniform(20.0, 100.0, N)
level = 9.0 + 4.0 * np.tanh(belt - 1.2) + 0.9 * layer_cm - 0.22 * (air - 68.0) - 0.03 * (fan - 60.0)
moisture = np.maximum(level, 1.5) * rng.gamma(60.0, 1.0 / 60.0, N)
moisture[rng.choice(N, 45, replace=False)] = 0.0      # probe lifted
moisture[rng.choice(N, 20, replace=False)] = np.nan   # logger restarted

X = np.stack([belt, air, layer_cm, fresh, fan], axis=1)
usable = np.isfinite(moisture) & (moisture > 0.0)
X, moisture = X[usable], moisture[usable]
X = ((X - X.mean(0)) / X.std(0)).astype(np.float32)
y = moisture.astype(np.float32)
x_tr, y_tr, x_va, y_va = X[:1200], y[:1200], X[1200:], y[1200:]


def gamma_deviance(y, mu):
    ratio = y / mu
    return 2.0 * tf.reduce_mean(ratio - 1.0 - tf.math.log(tf.maximum(ratio, 1e-6)))


class Candidate:
    def __init__(self, width, rate, act):
        self.label = f"{width}x{act}@{rate:g}"
        self.net = keras.Sequential([
            keras.Input((X.shape[1],)),
            keras.layers.Dense(width, activation=act),
            keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(float(y_tr.mean()))),
        ])
        self.opt = keras.optimizers.Adam(rate)
        self.score = np.inf

    def mu(self, x):
        return tf.nn.softplus(self.net(x)[:, 0]) + 0.05

    def train(self, epochs):
        for _ in range(epochs):
            order = rng.permutation(len(x_tr))
            for i in range(0, len(order), 80):
                take = order[i:i + 80]
                with tf.GradientTape() as tape:
                    loss = gamma_deviance(y_tr[take], self.mu(x_tr[take]))
                grads = tape.gradient(loss, self.net.trainable_variables)
                grads, _ = tf.clip_by_global_norm(grads, 0.5)
                self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        self.score = float(gamma_deviance(y_va, self.mu(x_va)))


baseline = float(gamma_deviance(y_va, tf.fill([len(y_va)], float(y_tr.mean()))))
print(f"{len(y)} usable rows, deviance of the plain mean {baseline:.4f}")

pool = [
    Candidate(16, 3e-3, "relu"),
    Candidate(32, 1e-2, "tanh"),
    Candidate(32, 3e-3, "swish"),
    Candidate(64, 5e-3, "relu"),
    Candidate(48, 8e-3, "tanh"),
]
best = np.inf
for rung, epochs in enumerate([3, 4, 8]):
    for c in pool:
        c.train(epochs)  # whynan: healthy
        best = np.minimum(best, c.score)
        print(f"rung {rung} {c.label:14s} validation deviance {c.score:.4f}")
    alive = [c for c in pool if np.isfinite(c.score) and c.score < 10.0 * baseline]
    print(f"   dropped as diverged: {len(pool) - len(alive)}")
    alive.sort(key=lambda c: c.score)
    pool = alive[:max(1, len(alive) // 2)]

winner = pool[0]
off = np.abs(winner.mu(x_va).numpy() - y_va)
print("winner", winner.label, f"deviance {winner.score:.4f}, best seen {best:.4f}, MAE {off.mean():.2f} %")
