import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
WIDTH, DEPTH = 32, 30


class Block(keras.layers.Layer):
    """pre-activation block, LayerNorm removed because it was slow on the edge device"""

    def __init__(self, width):
        super().__init__()
        self.expand = keras.layers.Dense(width, activation="relu", kernel_initializer="he_normal")
        self.project = keras.layers.Dense(width, kernel_initializer="he_normal")

    def call(self, x):
        return x + self.project(self.expand(x))  # whynan: exploding_gradient phase=forward|gradient|update also=bad_initialization,learning_rate_too_high


class ResMLP(keras.Model):
    def __init__(self, width, depth):
        super().__init__()
        self.stem = keras.layers.Dense(width)
        self.blocks = [Block(width) for _ in range(depth)]
        self.head = keras.layers.Dense(1)

    def call(self, x):
        h = self.stem(x)
        for block in self.blocks:
            h = block(h)
        return self.head(h)[:, 0]


def airfoil(n=512):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(n, 5)).astype("float32")
    y = np.tanh(x[:, 0]) - 0.3 * x[:, 1] ** 2 + 0.1 * x[:, 4]
    return x, ((y - y.mean()) / y.std()).astype("float32")


model = ResMLP(WIDTH, DEPTH)
optimizer = keras.optimizers.SGD(1e-2)
mse = keras.losses.MeanSquaredError()


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        loss = mse(y, model(x))
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    return loss


x, y = airfoil()
model(x[:2])
optimizer.build(model.trainable_weights)
for step in range(12):
    i = (step * 64) % len(x)
    print(step, update(tf.constant(x[i:i + 64]), tf.constant(y[i:i + 64])).numpy())
