import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(6)


class Block(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.expand = keras.layers.Dense(width * 2, activation="elu", kernel_initializer="he_normal")
        self.project = keras.layers.Dense(width, kernel_initializer="he_normal")

    def call(self, x):
        return x + self.project(self.expand(x))  # whynan: exploding_gradient phase=forward also=bad_initialization,learning_rate_too_high


class ResidualRegressor(keras.Model):
    def __init__(self, width=24, blocks=16):
        super().__init__()
        self.stem = keras.layers.Dense(width)
        self.blocks = [Block(width) for _ in range(blocks)]
        self.head = keras.layers.Dense(1)

    def call(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


rng = np.random.default_rng(6)
x = rng.normal(size=(256, 8)).astype("float32")
y = np.sin(x[:, :1]) + 0.3 * x[:, 1:2] * x[:, 2:3]

model = ResidualRegressor()
model.compile(keras.optimizers.SGD(0.001, momentum=0.9), loss="mse")
model.fit(x, y, batch_size=32, epochs=4, verbose=2)
