"""IRNN (Le et al.) on the adding problem, own recurrent layer with tf.scan.
T=100 works, T=600 gives nan already in the first batch."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)


class IRNN(keras.layers.Layer):
    def __init__(self, units, gain=1.2, **kw):
        super().__init__(**kw)
        self.units = units
        self.gain = gain

    def build(self, input_shape):
        self.wx = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="wx")
        self.wh = self.add_weight(shape=(self.units, self.units),
                                  initializer=keras.initializers.Identity(gain=self.gain), name="wh")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def call(self, x):
        time_major = tf.transpose(x, [1, 0, 2])
        h0 = tf.zeros([tf.shape(x)[0], self.units])

        def cell(h, x_t):
            pre = tf.matmul(h, self.wh) + tf.matmul(x_t, self.wx) + self.b  # whynan: exploding_gradient phase=forward also=bad_initialization
            return tf.nn.relu(pre)

        return tf.scan(cell, time_major, initializer=h0)[-1]


def adding_problem(n, length):
    rng = np.random.default_rng(2)
    vals = rng.uniform(0, 1, size=(n, length))
    marks = np.zeros((n, length))
    for i in range(n):
        marks[i, rng.choice(length, 2, replace=False)] = 1.0
    y = (vals * marks).sum(1, keepdims=True)
    return np.stack([vals, marks], -1).astype("float32"), y.astype("float32")


x, y = adding_problem(64, 600)
inp = keras.Input((600, 2))
out = keras.layers.Dense(1)(IRNN(16)(inp))
model = keras.Model(inp, out)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(x, y, batch_size=16, epochs=2, verbose=2)
