"""My GPU only fits 8 windows so I accumulate 64 micro batches before the update."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2)


class GradientAccumulator:
    def __init__(self, variables, every):
        self.variables = variables
        self.every = every
        self.count = 0
        self.buffers = [tf.Variable(tf.zeros_like(v), trainable=False) for v in variables]

    def add(self, grads):
        for buf, g in zip(self.buffers, grads):
            buf.assign_add(g)
        self.count += 1
        return self.count % self.every == 0

    def flush(self):
        grads = [tf.identity(b) for b in self.buffers]
        for b in self.buffers:
            b.assign(tf.zeros_like(b))
        return grads


class Trainer:
    def __init__(self, model, lr=0.05, accumulate=64):
        self.model = model
        self.opt = keras.optimizers.SGD(lr)
        self.acc = GradientAccumulator(model.trainable_variables, accumulate)

    def forward(self, x, y):
        pred = tf.squeeze(self.model(x, training=True), -1)
        return tf.reduce_mean(tf.math.squared_difference(pred, y))  # whynan: learning_rate_too_high phase=loss also=exploding_gradient

    @tf.function
    def micro_step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.forward(x, y)
        return loss, tape.gradient(loss, self.model.trainable_variables)

    def run(self, ds, epochs):
        for epoch in range(epochs):
            total = []
            for x, y in ds:
                loss, grads = self.micro_step(x, y)
                if self.acc.add(grads):
                    self.opt.apply_gradients(zip(self.acc.flush(), self.model.trainable_variables))
                total.append(float(loss))
            print(f"epoch {epoch} mse {np.mean(total):.5g}")


rng = np.random.default_rng(0)
x = rng.normal(size=(2048, 12)).astype("float32")
y = (np.sin(x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + 0.1 * rng.normal(size=2048)).astype("float32")
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)

model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(32, activation="tanh"), keras.layers.Dense(1)])
Trainer(model).run(ds, epochs=6)
