"""Quantisation aware training of a small net for a water meter (int8 on the device)."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(61)

# start exactly at the base rate: last layer zero, bias = logit of the leak rate
ARCHITECTURE = [
    {"units": 24, "activation": "tanh", "kernel": "he_normal"},
    {"units": 12, "activation": "tanh", "kernel": "he_normal"},
    {"units": 1, "activation": "sigmoid", "kernel": "zeros"},
]


class Int8:
    """symmetric, per output channel"""
    levels = 127.0

    @classmethod
    def scale(cls, w):
        return ops.max(ops.abs(w), axis=0, keepdims=True) / cls.levels

    @classmethod
    def fake(cls, w):
        s = cls.scale(w)
        q = ops.round(w / s)  # whynan: divide_by_zero phase=forward also=bad_initialization,zero_variance_normalisation
        q = ops.clip(q, -cls.levels, cls.levels)
        # straight through
        return w + ops.stop_gradient(q * s - w)


class QuantDense(layers.Layer):
    def __init__(self, units, activation, kernel, bias=0.0, **kw):
        super().__init__(**kw)
        self.units, self.kernel_init, self.bias0 = units, kernel, bias
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer=self.kernel_init, name="w")
        self.b = self.add_weight(shape=(self.units,), initializer=keras.initializers.Constant(self.bias0), name="b")

    def call(self, x):
        return self.activation(ops.matmul(x, Int8.fake(self.w)) + self.b)


def build(n_inputs, base_rate):
    inp = h = keras.Input((n_inputs,))
    for i, spec in enumerate(ARCHITECTURE):
        last = i == len(ARCHITECTURE) - 1
        bias = float(np.log(base_rate / (1 - base_rate))) if last else 0.0
        h = QuantDense(bias=bias, name=f"q{i}", **spec)(h)
    return keras.Model(inp, h)


def flow_windows(n=384):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n, 16)).astype("float32")
    leak = (x[:, :4].mean(axis=1) > 0.5).astype("float32")
    return x, leak


x, leak = flow_windows()
model = build(x.shape[1], leak.mean())
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
model.fit(x, leak, batch_size=32, epochs=3, verbose=2)
