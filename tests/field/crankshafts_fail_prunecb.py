"""Bearing clearance of crankshafts from vibration features, with gradual unit pruning
so that the net fits on the test bench controller."""
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
rng = np.random.default_rng(6)


class GradualUnitPruning(keras.callbacks.Callback):
    """After `start` epochs switch off the `per_epoch` weakest units more, each epoch.

    The remaining weights are scaled up so that the norm stays as it was before pruning,
    otherwise the next layer sees a sudden drop.
    """

    def __init__(self, layer_names, start=4, per_epoch=2):
        super().__init__()
        self.layer_names = layer_names
        self.start = start
        self.per_epoch = per_epoch

    def on_epoch_end(self, epoch, logs=None):
        n_off = self.per_epoch * (epoch + 1 - self.start)
        if n_off <= 0:
            return
        for name in self.layer_names:
            layer = self.model.get_layer(name)
            kernel, bias = layer.get_weights()
            norm_before = np.linalg.norm(kernel, axis=0)
            weakest = np.argsort(norm_before)[:n_off]
            kernel[:, weakest] = 0.0
            bias[weakest] = 0.0
            norm_after = np.linalg.norm(kernel, axis=0)
            kernel *= norm_before / norm_after  # whynan: divide_by_zero phase=update
            layer.set_weights([kernel, bias])


def bench_runs(n):
    rpm = rng.uniform(900, 5200, n)
    load = rng.uniform(0.1, 1.0, n)
    clearance = rng.gamma(9.0, 4.0, n)                 # micrometres
    orders = np.stack([(0.2 + 0.012 * clearance * (k % 3 == 0)) * np.sqrt(rpm / 3000) * (1 + load) / k
                       for k in range(1, 15)], axis=1)
    orders *= np.exp(rng.normal(scale=0.12, size=orders.shape))
    feats = np.column_stack([rpm, load, np.log(orders)])
    return feats, clearance


F, c = bench_runs(1400)
f_mean, f_std = F[:1100].mean(0), F[:1100].std(0)
c_mean, c_std = c[:1100].mean(), c[:1100].std()
Z = ((F - f_mean) / f_std).astype("float32")
t = ((c - c_mean) / c_std).astype("float32")

inp = keras.Input((Z.shape[1],))
x = layers.Dense(40, activation="tanh", name="hidden1")(inp)
x = layers.Dense(24, activation="tanh", name="hidden2")(x)
out = layers.Dense(1, name="clearance")(x)
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mae")

model.fit(Z[:1100], t[:1100], validation_data=(Z[1100:], t[1100:]),
          batch_size=32, epochs=12, verbose=2,
          callbacks=[GradualUnitPruning(["hidden1", "hidden2"])])

mae = np.abs(model.predict(Z[1100:], verbose=0)[:, 0] - t[1100:]).mean() * c_std
alive = [int((np.abs(model.get_layer(n).get_weights()[0]).sum(0) > 0).sum()) for n in ("hidden1", "hidden2")]
print(f"MAE {mae:.2f} um, units left {alive}")
