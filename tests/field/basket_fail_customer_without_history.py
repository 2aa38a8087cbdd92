"""Next basket value per customer: GRU over padded histories, padding excluded from the loss."""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(66)
MAX_LEN = 20


def customer_histories(n=256):
    rng = np.random.default_rng(314)
    lengths = rng.integers(2, MAX_LEN + 1, n)
    lengths[[12, 141]] = 0  # registered, but never bought anything
    level = rng.uniform(1.0, 4.0, n)
    return [level[i] + 0.3 * rng.normal(size=length + 1) for i, length in enumerate(lengths)]


def pad_histories(histories):
    """x: (n, T, 1) baskets, y: (n, T, 2) with the next basket and the flag of real steps."""
    n = len(histories)
    x = np.zeros((n, MAX_LEN, 1), "float32")
    y = np.zeros((n, MAX_LEN, 2), "float32")
    for i, h in enumerate(histories):
        steps = len(h) - 1
        x[i, :steps, 0] = h[:-1]
        y[i, :steps, 0] = h[1:]
        y[i, :steps, 1] = 1.0
    return x, y


class MaskedSequenceLoss(keras.losses.Loss):
    """Mean over the real steps of each customer, so that long histories do not dominate."""

    def __init__(self, point_loss=ops.abs, **kwargs):
        super().__init__(**kwargs)
        self.point_loss = point_loss

    def _per_customer(self, error, flag):
        total = ops.sum(error * flag, axis=1)
        return total / ops.sum(flag, axis=1)  # whynan: divide_by_zero phase=loss rows=12,141 also=empty_reduction,zero_weight_sum

    def call(self, y_true, y_pred):
        value, flag = y_true[..., 0], y_true[..., 1]
        error = self.point_loss(value - y_pred[..., 0])
        return self._per_customer(error, flag)


def build(units=16):
    x = keras.Input((MAX_LEN, 1))
    h = keras.layers.GRU(units, return_sequences=True)(x)
    h = keras.layers.TimeDistributed(keras.layers.Dense(8, activation="tanh"))(h)
    return keras.Model(x, keras.layers.Dense(1)(h))


x, y = pad_histories(customer_histories())
model = build()
model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=MaskedSequenceLoss(point_loss=ops.square))
model.fit(x, y, batch_size=32, epochs=3, verbose=2)
