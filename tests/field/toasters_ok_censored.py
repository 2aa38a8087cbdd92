import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)

# --- endurance test bench: on/off cycles until the heating wire goes -------------
n = 2000
bench = pd.DataFrame({
    "slots": rng.choice([2, 4], n),
    "wire_mm": rng.normal(0.8, 0.05, n),
    "watts": rng.normal(900, 120, n),
    "humidity": rng.uniform(20, 80, n),
    "supplier_b": rng.random(n) < 0.3,
})
scale = np.exp(7.6 + 4 * (bench.wire_mm - 0.8) - 0.002 * (bench.watts - 900) - 0.5 * bench.supplier_b)
life = np.clip(scale * rng.weibull(1.6, n), 5, None)
stopped = rng.uniform(500, 4000, n)
bench["cycles_run"] = np.minimum(life, stopped)
bench["failed_at"] = np.where(life <= stopped, life, np.nan)
print(bench.describe().T[["count", "mean", "min", "max"]].round(2))

X = bench[["slots", "wire_mm", "watts", "humidity", "supplier_b"]].to_numpy(dtype="float32")
X = (X - X.mean(0)) / X.std(0)
Y = bench[["cycles_run", "failed_at"]].to_numpy(dtype="float32")


class BenchBatches(keras.utils.PyDataset):
    def __init__(self, x, y, size, **kw):
        super().__init__(**kw)
        self.x, self.y, self.size = x, y, size
        self.order = np.arange(len(x))

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        take = self.order[i * self.size:(i + 1) * self.size]
        return self.x[take], self.y[take]

    def on_epoch_end(self):
        rng.shuffle(self.order)


def weibull_nll(y, out):
    run, failed = y[:, 0], y[:, 1]
    dead = tf.math.is_finite(failed)
    t = tf.where(dead, failed, run)
    log_scale = out[:, 0]
    shape = tf.nn.softplus(out[:, 1]) + 0.05
    z = tf.math.log(t) - log_scale
    log_hazard = tf.math.log(shape) + (shape - 1.0) * z - log_scale
    cum_hazard = tf.exp(shape * z)
    return cum_hazard - tf.where(dead, log_hazard, 0.0)


net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(2),
])
net.compile(optimizer=keras.optimizers.Adam(0.02, clipnorm=1.0), loss=weibull_nll)
hist = net.fit(BenchBatches(X, Y, 50), epochs=12, verbose=2)  # whynan: healthy

log_scale, raw = net.predict(X, verbose=0).T
print("typical life (cycles):", np.round(np.exp(np.percentile(log_scale, [10, 50, 90]))))
print("shape:", np.round(np.log1p(np.exp(raw)).mean() + 0.05, 2), "(true 1.6)")
print("loss first/last:", hist.history["loss"][0], hist.history["loss"][-1])
