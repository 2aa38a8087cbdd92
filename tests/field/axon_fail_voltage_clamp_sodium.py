"""Conductances of a squid axon from voltage-clamp sweeps, Hodgkin-Huxley equations as a recurrent cell.

The cell integrates m, h and n with Euler steps under the command voltage; three conductances, the leak reversal and a
temperature factor are trained on the recorded currents. With only the sweeps of +20 and +40 mV it fits nicely; with
the complete protocol the loss is nan in the first epoch. Smaller time steps do not help.
"""
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(52)
HOLD, DT, STEPS, ONSET = -65.0, 0.05, 110, 10      # mV, ms
LEVELS = np.arange(-60.0, 50.0, 10.0)              # the usual family of steps
E_NA, E_K = 50.0, -77.0


class HodgkinHuxleyCell(keras.layers.Layer):
    def __init__(self, dt, **kwargs):
        super().__init__(**kwargs)
        self.dt = dt
        self.state_size = [1, 1, 1]
        self.output_size = 1

    def build(self, input_shape):
        def scalar(name, value):
            return self.add_weight(shape=(), initializer=keras.initializers.Constant(value), name=name)

        self.log_g_na = scalar("log_g_na", np.log(90.0))
        self.log_g_k = scalar("log_g_k", np.log(28.0))
        self.log_g_leak = scalar("log_g_leak", np.log(0.5))
        self.e_leak = scalar("e_leak", -60.0)
        self.log_phi = scalar("log_phi", 0.0)

    def get_initial_state(self, batch_size=None):
        return [value * ops.ones((batch_size, 1)) for value in (0.0529, 0.5961, 0.3177)]

    def rates(self, v):
        phi = ops.exp(self.log_phi)
        a_m = 0.1 * (v + 40.0) / (1.0 - ops.exp(-(v + 40.0) / 10.0))  # whynan: divide_by_zero phase=forward rows=2,13,24,35,46,57,68,79
        b_m = 4.0 * ops.exp(-(v + 65.0) / 18.0)
        a_h = 0.07 * ops.exp(-(v + 65.0) / 20.0)
        b_h = 1.0 / (1.0 + ops.exp(-(v + 35.0) / 10.0))
        a_n = 0.01 * (v + 55.0) / (1.0 - ops.exp(-(v + 55.0) / 10.0))
        b_n = 0.125 * ops.exp(-(v + 65.0) / 80.0)
        return [(phi * a, phi * b) for a, b in ((a_m, b_m), (a_h, b_h), (a_n, b_n))]

    def call(self, v, states):
        gates = [x + self.dt * (a * (1.0 - x) - b * x) for x, (a, b) in zip(states, self.rates(v))]
        m, h, n = gates
        current = (ops.exp(self.log_g_na) * m ** 3 * h * (v - E_NA)
                   + ops.exp(self.log_g_k) * n ** 4 * (v - E_K)
                   + ops.exp(self.log_g_leak) * (v - self.e_leak))
        return current / 100.0, gates


def x_over_expm1(x):
    return np.where(np.abs(x) < 1e-6, 1.0, x / -np.expm1(-np.where(x == 0, 1.0, x)))


def record(command, rng):
    """The 'experiment', with finer steps than the model."""
    m, h, n = (np.full(len(command), v) for v in (0.0529, 0.5961, 0.3177))
    out, fine = np.zeros_like(command), 10
    for t in range(command.shape[1]):
        v = command[:, t]
        pairs = ((x_over_expm1((v + 40) / 10), 4 * np.exp(-(v + 65) / 18)),
                 (0.07 * np.exp(-(v + 65) / 20), 1 / (1 + np.exp(-(v + 35) / 10))),
                 (0.1 * x_over_expm1((v + 55) / 10), 0.125 * np.exp(-(v + 65) / 80)))
        for _ in range(fine):
            m, h, n = (x + DT / fine * (a * (1 - x) - b * x) for x, (a, b) in zip((m, h, n), pairs))
        out[:, t] = 120 * m ** 3 * h * (v - E_NA) + 36 * n ** 4 * (v - E_K) + 0.3 * (v + 54.4)
    return out / 100.0 + 0.02 * rng.standard_normal(out.shape)


def protocol(cells):
    family = np.full((len(LEVELS), STEPS), HOLD)
    family[:, ONSET:] = LEVELS[:, None]
    return np.tile(family, (cells, 1))


command = protocol(cells=8)
current = record(command, np.random.default_rng(1))
x, y = (a.astype("float32")[..., None] for a in (command, current))

model = keras.Sequential([
    keras.Input((STEPS, 1)),
    keras.layers.RNN(HodgkinHuxleyCell(DT), return_sequences=True, name="clamp"),
])
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
model.fit(x, y, batch_size=11, epochs=4, shuffle=True, verbose=2)
