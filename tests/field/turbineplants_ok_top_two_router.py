"""Fuel use of gas turbines by operating regime: a sparse mixture of eight experts, two per sample.

I printed the router and half of what it holds is -inf, and the loss jumps up again every four epochs, so
I stopped the training because I expect nan. Should I replace -inf by -1e9?
"""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(73)


class SparseMixture(layers.Layer):
    def __init__(self, n_experts=8, top=2, width=16, **kwargs):
        super().__init__(**kwargs)
        self.n_experts, self.top, self.width = n_experts, top, width

    def build(self, input_shape):
        d = int(input_shape[-1])
        self.router = self.add_weight(shape=(d, self.n_experts), initializer="glorot_uniform", name="router")
        self.w1 = self.add_weight(shape=(self.n_experts, d, self.width), initializer="glorot_uniform", name="w1")
        self.b1 = self.add_weight(shape=(self.n_experts, 1, self.width), initializer="zeros", name="b1")
        self.w2 = self.add_weight(shape=(self.n_experts, self.width, 1), initializer="glorot_uniform", name="w2")

    def call(self, x):
        logits = tf.matmul(x, tf.convert_to_tensor(self.router))
        smallest_kept = tf.math.top_k(logits, k=self.top).values[:, -1:]
        kept = tf.where(logits >= smallest_kept, logits, -np.inf)
        gates = tf.nn.softmax(kept, axis=-1)
        self.add_loss(1e-3 * tf.reduce_mean(tf.square(tf.reduce_logsumexp(logits, axis=-1))))
        hidden = tf.nn.relu(tf.einsum("bd,edw->ebw", x, tf.convert_to_tensor(self.w1))
                            + tf.convert_to_tensor(self.b1))
        answers = tf.einsum("ebw,ewo->ebo", hidden, tf.convert_to_tensor(self.w2))[..., 0]
        return tf.reduce_sum(gates * tf.transpose(answers), axis=-1, keepdims=True)


def plant_log(n=2400, seed=73):
    rng = np.random.default_rng(seed)
    load = rng.uniform(0.2, 1.0, n)
    ambient = rng.normal(15, 9, n)
    humidity = rng.uniform(0.2, 1.0, n)
    age = rng.uniform(0, 12, n)
    startup = (rng.random(n) < 0.15).astype(float)
    fuel = np.where(load < 0.45, 3.2 - 2.0 * load, 1.6 + 2.4 * load)
    fuel = fuel + 0.012 * (ambient - 15) + 0.02 * age + 0.8 * startup * (1 - load) + rng.normal(0, 0.03, n)
    x = np.stack([(load - 0.6) / 0.23, (ambient - 15) / 9, (humidity - 0.6) / 0.23, (age - 6) / 3.5, startup], axis=1)
    y = (fuel - fuel.mean()) / fuel.std()
    return x.astype("float32"), y.astype("float32")[:, None]


x, y = plant_log()
steps = len(x) // 32
inputs = keras.Input((x.shape[1],))
h = layers.Dense(16, activation="tanh")(inputs)
outputs = SparseMixture(name="experts")(h)
model = keras.Model(inputs, outputs)
restarts = keras.optimizers.schedules.CosineDecayRestarts(2e-2, first_decay_steps=4 * steps, t_mul=1.0, m_mul=1.0)
model.compile(optimizer=keras.optimizers.Adam(restarts), loss="mse")
history = model.fit(x, y, batch_size=32, epochs=12, verbose=2)
print("first and last loss", history.history["loss"][0], history.history["loss"][-1])
