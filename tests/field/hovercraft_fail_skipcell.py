"""Which manoeuvre is the hovercraft doing? Classified from 180 IMU samples.

Recurrent cell in the spirit of IRNN (Le, Jaitly, Hinton 2015) with a skip connection
over time so that the early samples are not forgotten.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
STEPS = 180
MANOEUVRES = ["straight", "turn", "yaw wobble", "brake"]


class SkipCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, input_shape):
        self.w_in = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="w_in"
        )
        self.w_rec = self.add_weight(
            shape=(self.units, self.units),
            initializer=keras.initializers.Identity(),
            name="w_rec",
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs, states):
        h = states[0]
        candidate = tf.nn.relu(
            tf.matmul(inputs, self.w_in) + tf.matmul(h, self.w_rec) + self.bias
        )
        h = h + candidate  # whynan: exploding_gradient phase=forward
        return h, [h]


def record(kind, rng):
    t = np.linspace(0, 9, STEPS)
    noise = rng.normal(0, 0.6, (STEPS, 3))
    sig = np.zeros((STEPS, 3))
    if kind == 1:
        sig[:, 0] = 1.2 * np.sign(rng.normal())
    elif kind == 2:
        sig[:, 0] = np.sin(2 * np.pi * rng.uniform(0.4, 0.9) * t)
        sig[:, 2] = 0.5 * np.cos(2 * np.pi * 0.6 * t)
    elif kind == 3:
        sig[:, 1] = -1.5 * np.exp(-((t - rng.uniform(2, 7)) ** 2))
    return sig + noise


rng = np.random.default_rng(77)
labels = rng.integers(0, len(MANOEUVRES), 640)
signals = np.stack([record(k, rng) for k in labels]).astype("float32")
signals = (signals - signals.mean((0, 1))) / signals.std((0, 1))
print("signals", signals.shape, "classes", np.bincount(labels))

model = keras.Sequential(
    [
        keras.Input((STEPS, 3)),
        keras.layers.RNN(SkipCell(24)),
        keras.layers.Dense(len(MANOEUVRES)),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(5e-4, clipnorm=1.0),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(signals[:512], labels[:512], batch_size=64, epochs=2, verbose=2)
print("train accuracy", history.history["accuracy"])
print("test", model.evaluate(signals[512:], labels[512:], verbose=0))
