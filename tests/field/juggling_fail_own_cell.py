"""Which juggling pattern is being thrown? (cascade, columns, shower)

Two wrist IMUs, accelerations only, 40 samples per clip. The recurrent cell gets the
"energy" of its own state as an additional input, which helped on my old recordings.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(333)
PATTERNS = ("cascade", "columns", "shower")


def make_clips(per_class, seed):
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 2, 40)
    clips, labels = [], []
    for k in range(len(PATTERNS)):
        for _ in range(per_class):
            f = rng.normal(1.6, 0.12)
            p = rng.uniform(0, 2 * np.pi)
            lag = {0: np.pi, 1: 0.0, 2: np.pi / 2}[k]
            high = {0: 1.0, 1: 1.1, 2: 1.7}[k]
            left = np.stack([np.sin(2 * np.pi * f * t + p), 0.3 * np.cos(4 * np.pi * f * t + p), high * np.cos(2 * np.pi * f * t + p)], 1)
            right = np.stack([np.sin(2 * np.pi * f * t + p + lag), 0.3 * np.cos(4 * np.pi * f * t + p + lag), np.cos(2 * np.pi * f * t + p + lag)], 1)
            clip = np.concatenate([left, right], axis=1)
            clips.append(clip + rng.normal(0, 0.35, clip.shape))
            labels.append(k)
    perm = rng.permutation(len(clips))
    return np.asarray(clips, "float32")[perm], np.asarray(labels)[perm]


@keras.saving.register_keras_serializable()
class EnergyCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units
        self.output_size = units

    def build(self, input_shape):
        dim = input_shape[-1]
        self.w_in = self.add_weight(shape=(dim, self.units), initializer="glorot_uniform", name="w_in")
        self.w_rec = self.add_weight(shape=(self.units + 1, self.units), initializer="orthogonal", name="w_rec")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        # state before the first sample, learned together with the rest
        self.start = self.add_weight(shape=(self.units,), initializer="zeros", name="start")

    def get_initial_state(self, batch_size=None):
        return [tf.tile(self.start[None, :], [batch_size, 1])]

    def call(self, inputs, states):
        h = states[0]
        energy = tf.norm(h, axis=-1, keepdims=True)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
        rec = tf.concat([h, energy], axis=-1)
        z = tf.matmul(inputs, self.w_in) + tf.matmul(rec, self.w_rec) + self.bias
        h = tf.tanh(z)
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


x_train, y_train = make_clips(220, seed=1)
x_val, y_val = make_clips(50, seed=2)

inputs = keras.Input((40, 6))
h = keras.layers.RNN(EnergyCell(24), name="energy_rnn")(inputs)
h = keras.layers.Dropout(0.2)(h)
outputs = keras.layers.Dense(len(PATTERNS))(h)
model = keras.Model(inputs, outputs)
model.summary()

model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=33, epochs=5, verbose=2)

pred = model.predict(x_val, verbose=0).argmax(axis=1)
for k, name in enumerate(PATTERNS):
    print(f"{name:8s} recall {np.mean(pred[y_val == k] == k):.2f}")
