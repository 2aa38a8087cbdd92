# sLSTM cell (xLSTM paper, without the stabiliser state because I thought it's only for long sequences)
# on household power. keras.layers.LSTM trains on the same arrays without problem.
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(23)


class SLSTMCell(layers.Layer):
    """c_t = f c + i z ;  n_t = f n + i ;  h_t = o * c_t / n_t   with exponential input gate"""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units, units]
        self.output_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 4 * self.units), initializer="glorot_uniform", name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, 4 * self.units), initializer="orthogonal", name="recurrent")
        self.bias = self.add_weight(shape=(4 * self.units,), initializer="zeros", name="bias")

    def gates(self, x, h):
        pre = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent) + self.bias
        i_pre, f_pre, z_pre, o_pre = ops.split(pre, 4, axis=-1)
        i = ops.exp(i_pre)  # whynan: exp_overflow phase=forward also=unscaled_input
        return i, ops.sigmoid(f_pre), ops.tanh(z_pre), ops.sigmoid(o_pre)

    def call(self, inputs, states, training=False):
        h, c, n = states
        i, f, z, o = self.gates(inputs, h)
        c = f * c + i * z
        n = f * n + i
        h = o * c / n
        return h, [h, c, n]

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, self.units)) for _ in range(3)]


def meter_data(n=256, length=24):
    rng = np.random.default_rng(23)
    hour = (rng.integers(0, 24, (n, 1)) + np.arange(length + 1)) % 24
    watt = 900 + 700 * np.sin(hour / 24 * 2 * np.pi) + rng.gamma(2, 250, hour.shape)
    feats = np.stack([watt[:, :-1], hour[:, :-1], 18 + 3 * np.sin(hour[:, :-1] / 4)], axis=-1)
    kilowatt_next = watt[:, -1:] / 1000.0
    return feats.astype("float32"), kilowatt_next.astype("float32")


x, y = meter_data()
inp = keras.Input(x.shape[1:])
h = layers.RNN(SLSTMCell(16))(inp)
model = keras.Model(inp, layers.Dense(1)(h))
model.compile(keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")
model.fit(x, y, batch_size=32, epochs=2, verbose=2)
