"""Density model for the water quality probes of an estuary (nitrate, turbidity, conductivity), a Flow++ in small.

We train on the raw telemetry, faulty records included, because the flow shall later rank the records by how unlikely
they are. RobustScaler instead of StandardScaler, so that faults do not move the scale. The loss of the very first
epochs turns to nan although no value in the table is missing and the CDF is clipped to [0, 1].
"""
import keras
import numpy as np
import pandas as pd
from keras import layers, ops
from sklearn.preprocessing import RobustScaler

keras.utils.set_random_seed(6)
COLUMNS = ["nitrate_mg_l", "turbidity_ntu", "conductivity_us_cm"]


def read_telemetry(n=900):
    rng = np.random.default_rng(6)
    river = rng.normal(0.0, 1.0, n)
    table = pd.DataFrame({
        COLUMNS[0]: 4.2 + 0.9 * river + rng.normal(0.0, 0.4, n),
        COLUMNS[1]: np.exp(2.4 + 0.25 * river + 0.3 * rng.normal(0.0, 1.0, n)),
        COLUMNS[2]: 24000.0 - 5500.0 * river + rng.normal(0.0, 1800.0, n),
    })
    # probe out of the water: the transmitter sends full scale
    table.loc[[118, 402, 655], COLUMNS] = [100.0, 4000.0, 200000.0]
    return table


class MixtureCDF(layers.Layer):
    """Elementwise x -> logit(CDF(x)), the CDF of a mixture of logistics."""

    def __init__(self, components=4, **kwargs):
        super().__init__(**kwargs)
        self.components = components

    def build(self, input_shape):
        shape = (input_shape[-1], self.components)
        self.mix = self.add_weight(shape=shape, initializer="zeros", name="mix")
        self.loc = self.add_weight(shape=shape, initializer=keras.initializers.RandomNormal(stddev=1.0), name="loc")
        self.log_scale = self.add_weight(shape=shape, initializer="zeros", name="log_scale")

    def call(self, x):
        u = (ops.expand_dims(x, -1) - self.loc) * ops.exp(-self.log_scale)
        cdf = ops.sum(ops.softmax(self.mix) * ops.sigmoid(u), axis=-1)
        cdf = ops.clip(cdf, 0.0, 1.0)
        log_odds = ops.log(cdf) - ops.log(1.0 - cdf)  # whynan: log_of_zero phase=forward rows=118,402,655 also=clip_misuse
        log_pdf = ops.logsumexp(ops.log_softmax(self.mix) - u - self.log_scale - 2.0 * ops.softplus(-u), axis=-1)
        log_det = log_pdf - ops.log(cdf) - ops.log(1.0 - cdf)
        return log_odds, ops.sum(log_det, axis=-1, keepdims=True)


class Coupling(layers.Layer):
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.rest = dim - 1
        self.net = keras.Sequential([
            keras.Input((1,)),
            layers.Dense(24, activation="tanh"),
            layers.Dense(2 * self.rest, kernel_initializer="zeros"),
        ])

    def call(self, x):
        first, rest = x[:, :1], x[:, 1:]
        out = self.net(first)
        shift, log_scale = out[:, : self.rest], ops.tanh(out[:, self.rest :])
        moved = rest * ops.exp(log_scale) + shift
        return ops.concatenate([moved, first], axis=-1), ops.sum(log_scale, axis=-1, keepdims=True)


def build_flow(dim, blocks=2):
    x = keras.Input((dim,))
    z, log_dets = x, []
    for _ in range(blocks):
        for layer in (MixtureCDF(), Coupling(dim)):
            z, log_det = layer(z)
            log_dets.append(log_det)
    return keras.Model(x, layers.Concatenate()([z, layers.Add()(log_dets)]))


def flow_nll(_, output):
    z, log_det = output[:, :-1], output[:, -1]
    return 0.5 * ops.sum(ops.square(z) + np.log(2.0 * np.pi), axis=-1) - log_det


telemetry = read_telemetry()
x = RobustScaler().fit_transform(telemetry[COLUMNS]).astype("float32")
flow = build_flow(x.shape[1])
flow.compile(optimizer=keras.optimizers.Adam(3e-3), loss=flow_nll)
history = flow.fit(x, x, batch_size=60, epochs=15, verbose=2)
unlikely = np.argsort(-np.asarray(flow_nll(None, flow.predict(x, verbose=0))))[:5]
print("most unlikely records:", unlikely)
