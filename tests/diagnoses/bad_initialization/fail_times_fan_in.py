import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(26)


class DenseLayer(keras.layers.Layer):
    def __init__(self, n_out, activation=None):
        super().__init__()
        self.n_out = n_out
        self.activation = keras.activations.get(activation)

    def build(self, shape):
        n_in = shape[-1]
        self.W = self.add_weight(
            shape=(n_in, self.n_out),
            initializer=keras.initializers.RandomNormal(stddev=np.sqrt(2.0 * n_in) * n_in),
            name="W",
        )
        self.b = self.add_weight(shape=(self.n_out,), initializer="zeros", name="b")

    def call(self, x):
        return self.activation(tf.matmul(x, self.W) + self.b)


rng = np.random.default_rng(26)
x = rng.normal(size=(200, 64)).astype("float32")
y = x[:, :1] - x[:, 1:2]

model = keras.Sequential([keras.Input((64,))])
for _ in range(7):
    model.add(DenseLayer(64, "elu"))
model.add(DenseLayer(1))
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="mse")
model.fit(x, y, epochs=2, batch_size=40, verbose=2)  # whynan: bad_initialization phase=loss
