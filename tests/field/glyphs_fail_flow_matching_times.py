"""Flow matching on the 8x8 digits, with a logit-normal emphasis on the middle of the path.

The times come from a fixed grid (I need the same grid later for the sampler), and instead of drawing them from the
logit-normal distribution I weight the squared error with its density. Without the weights the same script trains
without any trouble. With them the loss is normal for the first batches of the first epoch and nan at its end.
"""
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

keras.utils.set_random_seed(8)


def velocity_network(dim, width=128):
    state, time = keras.Input((dim,)), keras.Input((1,))
    embedded = keras.layers.Dense(32, activation="silu")(time)
    h = keras.layers.Concatenate()([state, embedded])
    for _ in range(2):
        h = keras.layers.Dense(width, activation="silu")(h)
    return keras.Model([state, time], keras.layers.Dense(dim)(h), name="velocity")


class FlowMatching(keras.Model):
    def __init__(self, dim, grid_size=1000, loc=0.0, scale=1.0):
        super().__init__()
        self.velocity = velocity_network(dim)
        self.grid = np.linspace(0.0, 1.0, grid_size).astype("float32")
        self.loc, self.scale = loc, scale
        self.seeds = keras.random.SeedGenerator(8)
        self.loss_metric = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_metric]

    def call(self, inputs):
        return self.velocity(inputs)

    def emphasis(self, t):
        return tf.exp(-0.5 * tf.square((tf.math.log(t / (1.0 - t)) - self.loc) / self.scale)) / (t * (1.0 - t))  # whynan: divide_by_zero phase=loss|forward also=log_of_zero

    def train_step(self, data):
        image = data
        noise = keras.random.normal(tf.shape(image), seed=self.seeds)
        index = keras.random.randint((tf.shape(image)[0],), 0, len(self.grid), seed=self.seeds)
        t = tf.gather(self.grid, index)[:, None]
        state = (1.0 - t) * noise + t * image
        weight = self.emphasis(t)
        weight = weight / tf.reduce_mean(weight)
        with tf.GradientTape() as tape:
            predicted = self.velocity([state, t], training=True)
            error = tf.reduce_mean(tf.square(predicted - (image - noise)), axis=1, keepdims=True)
            loss = tf.reduce_mean(weight * error)
        variables = self.velocity.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.loss_metric.update_state(loss)
        return {"loss": self.loss_metric.result()}

    def generate(self, count, steps=25):
        x = np.random.default_rng(0).standard_normal((count, 64)).astype("float32")
        for k in range(steps):
            t = np.full((count, 1), k / steps, "float32")
            x = x + self.velocity([x, t]).numpy() / steps
        return x


if __name__ == "__main__":
    images = (load_digits().data / 8.0 - 1.0).astype("float32")
    flow = FlowMatching(images.shape[1])
    flow.compile(optimizer=keras.optimizers.Adam(1e-3))
    flow.fit(images, batch_size=64, epochs=5, verbose=2)
    sample = flow.generate(4)
    print("pixel range of the samples:", sample.min(), sample.max())
