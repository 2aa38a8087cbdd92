"""Estimate the damping constant of a swinging pendulum from 7 seconds of angle data (50 Hz).

GRUs were slow to learn on this, so here is a small cell of my own: the state is carried
over by a skip connection, like in a ResNet, and the new information is added to it.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(350)

SAMPLES = 350


class SkipCell(keras.layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, input_shape):
        self.w_in = self.add_weight(shape=(input_shape[-1], self.units),
                                    initializer="glorot_uniform", name="w_in")
        self.w_rec = self.add_weight(shape=(self.units, self.units),
                                     initializer="he_normal", name="w_rec")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        carried = states[0]
        drive = tf.matmul(inputs, self.w_in) + self.bias
        carried = carried + tf.nn.relu(drive + tf.matmul(carried, self.w_rec))  # whynan: exploding_gradient phase=forward also=bad_initialization
        return carried, [carried]


def swing(n, seed):
    r = np.random.default_rng(seed)
    t = np.arange(SAMPLES) / 50.0
    damping = r.uniform(0.05, 0.6, n)
    omega = r.uniform(3.0, 6.0, n)
    phase = r.uniform(0, 2 * np.pi, n)
    start = r.uniform(0.2, 0.9, n)
    angle = start[:, None] * np.exp(-damping[:, None] * t) * np.cos(omega[:, None] * t + phase[:, None])
    rate = np.gradient(angle, 0.02, axis=1)
    signal = np.stack([angle / 0.3, rate / 1.5], axis=-1)
    signal += 0.01 * r.normal(size=signal.shape)
    return signal.astype("float32"), ((damping - 0.325) / 0.16).astype("float32")


train_x, train_y = swing(256, 1)
check_x, check_y = swing(64, 2)

model = keras.Sequential([
    keras.Input((SAMPLES, 2)),
    keras.layers.RNN(SkipCell(32)),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse")

order = np.random.default_rng(8)
for epoch in range(2):
    idx = order.permutation(len(train_x))
    losses = []
    for k in range(0, len(idx), 32):
        pick = idx[k:k + 32]
        losses.append(float(model.train_on_batch(train_x[pick], train_y[pick])))
    print(f"epoch {epoch}: train {np.mean(losses):.4f}")

print("check mse:", float(model.test_on_batch(check_x, check_y)))
