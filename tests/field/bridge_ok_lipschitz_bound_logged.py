"""Surrogate of a finite element model: strain at five places of a bridge from loads and temperatures.

The safety people want an upper bound of the Lipschitz constant in the training log.  Keras prints it as inf in every
epoch, although the loss is small and falling.  Did my weights overflow?
"""
# whynan: side_nonfinite
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(90)


class ResidualTower(keras.layers.Layer):
    """depth times  h <- h + alpha * W2 relu(W1 h + b), all weights stacked in three arrays."""

    def __init__(self, depth, alpha, **kwargs):
        super().__init__(**kwargs)
        self.depth, self.alpha = depth, alpha

    def build(self, input_shape):
        width = input_shape[-1]
        scaled = keras.initializers.RandomNormal(stddev=float(np.sqrt(2.0 / width)))
        self.first = self.add_weight(name="first", shape=(self.depth, width, width), initializer=scaled)
        self.second = self.add_weight(name="second", shape=(self.depth, width, width), initializer=scaled)
        self.shift = self.add_weight(name="shift", shape=(self.depth, width), initializer="zeros")

    def call(self, h):
        first, second, shift = (tf.unstack(tf.convert_to_tensor(w)) for w in (self.first, self.second, self.shift))
        for w1, w2, b in zip(first, second, shift):
            h = h + self.alpha * tf.matmul(tf.nn.relu(tf.matmul(h, w1) + b), w2)
        return h

    def bound(self):
        one = tf.sqrt(tf.reduce_sum(tf.square(self.first), axis=[1, 2]))
        two = tf.sqrt(tf.reduce_sum(tf.square(self.second), axis=[1, 2]))
        return tf.reduce_prod(1.0 + self.alpha * one * two)


class Surrogate(keras.Model):
    def __init__(self, outputs, width=48, depth=32):
        super().__init__()
        self.lift = keras.layers.Dense(width, name="lift")
        self.tower = ResidualTower(depth, alpha=0.3, name="tower")
        self.norm = keras.layers.LayerNormalization(name="norm")
        self.strain = keras.layers.Dense(outputs, name="strain")

    def call(self, loads):
        return self.strain(self.norm(self.tower(self.lift(loads))))

    def train_step(self, data):
        loads, strain = data
        with tf.GradientTape() as tape:
            predicted = self(loads, training=True)
            loss = self.compute_loss(x=loads, y=strain, y_pred=predicted)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return {"loss": loss, "lipschitz_bound": self.tower.bound()}


def load_cases(n, seed):
    rng = np.random.default_rng(seed)
    axle = rng.uniform(0.0, 1.0, (n, 4))                    # position of four axles along the span
    tonnes = rng.uniform(4.0, 12.0, (n, 4))
    celsius = rng.normal(12.0, 9.0, (n, 2))
    gauge = np.linspace(0.1, 0.9, 5)
    influence = np.minimum(axle[:, :, None] * (1 - gauge), gauge * (1 - axle[:, :, None]))
    microstrain = 30.0 * np.einsum("na,nag->ng", tonnes, influence) + 1.1 * (celsius[:, :1] - celsius[:, 1:])
    x = np.concatenate([2 * axle - 1, (tonnes - 8.0) / 3.0, (celsius - 12.0) / 9.0], axis=1)
    return x.astype("float32"), (microstrain / microstrain.std() - microstrain.mean() / microstrain.std()).astype("float32")


x_train, y_train = load_cases(960, seed=1)
surrogate = Surrogate(outputs=5)
surrogate.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", jit_compile=False)
surrogate.fit(x_train, y_train, batch_size=48, epochs=6, verbose=2)
x_test, y_test = load_cases(160, seed=2)
print("test mse", float(np.mean((surrogate.predict(x_test, batch_size=80, verbose=0) - y_test) ** 2)))
