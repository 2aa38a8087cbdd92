"""Daily takings of eighteen laundromats. We start with Adam and hand over to plain SGD once the loss is low,
as in the paper on switching optimizers: the SGD rate of each variable is learned during the Adam epochs.

The five Adam epochs are good, the loss falls from 1.0 to about 0.2. The first epoch of SGD prints nan, and it stays nan.
I multiplied the learned rates with 0.1 and even with 1e-6, which changed nothing.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(101)
rng = np.random.default_rng(101)

BRANCHES, DAYS, EVENTS = 18, 140, 5
CALENDAR = [(158, 3, 0), (158, 4, 0), (171, 11, 2), (185, 6, 1), (192, 0, 4), (201, 17, 3), (214, 9, 2)]


def ledger():
    """One row per day and branch: weather, weekday and prices, and the flags of the city's event calendar."""
    day, branch = [a.ravel() for a in np.meshgrid(np.arange(DAYS), np.arange(BRANCHES), indexing="ij")]
    size = rng.normal(0, 1, BRANCHES)[branch]
    rain = rng.gamma(1.2, 2.5, DAYS)[day]
    warm = 4.0 + 9.0 * day / DAYS + rng.normal(0, 2.5, DAYS)[day]
    weekend = (day % 7 >= 5).astype(float)
    price = 4.2 + 0.3 * rng.integers(0, 3, BRANCHES)[branch]
    takings = 5.6 + 0.35 * size + 0.02 * rain + 0.25 * weekend - 0.12 * price + rng.normal(0, 0.15, len(day))
    figures = np.column_stack([size, rain, warm, weekend, price, np.sin(2 * np.pi * day / 7), np.cos(2 * np.pi * day / 7)])
    flags = np.zeros((len(day), EVENTS))
    for when, where, kind in CALENDAR:
        flags[(day == when) & (branch == where), kind] = 1.0
    figures = (figures - figures.mean(axis=0)) / figures.std(axis=0)
    takings = (takings - takings.mean()) / takings.std()
    return figures.astype("float32"), flags.astype("float32"), takings[:, None].astype("float32")


class Takings(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(32, activation="tanh")
        self.second = keras.layers.Dense(16, activation="tanh")
        self.events = keras.layers.Dense(8, use_bias=False)
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        figures, flags = inputs
        usual = self.second(self.first(figures))
        return self.head(tf.concat([usual, self.events(flags)], axis=1))


class HandOver:
    """Adam that learns, for each variable, the rate with which SGD shall go on."""

    def __init__(self, variables, rate=2e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.variables, self.rate, self.beta1, self.beta2, self.eps = variables, rate, beta1, beta2, eps
        self.m = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        self.v = [tf.Variable(tf.zeros(v.shape)) for v in variables]
        self.sgd_rate = [tf.Variable(0.0) for _ in variables]
        self.steps = tf.Variable(0.0)

    def adam(self, grads):
        self.steps.assign_add(1.0)
        for var, g, m, v, learned in zip(self.variables, grads, self.m, self.v, self.sgd_rate):
            m.assign(self.beta1 * m + (1.0 - self.beta1) * g)
            v.assign(self.beta2 * v + (1.0 - self.beta2) * tf.square(g))
            m_hat = m / (1.0 - tf.pow(self.beta1, self.steps))
            v_hat = v / (1.0 - tf.pow(self.beta2, self.steps))
            move = -self.rate * m_hat / (tf.sqrt(v_hat) + self.eps)
            var.assign_add(move)
            projected = tf.abs(tf.reduce_sum(move * move) / tf.reduce_sum(move * g))  # whynan: divide_by_zero phase=update
            learned.assign(self.beta2 * learned + (1.0 - self.beta2) * projected)

    def sgd(self, grads):
        for var, g, learned in zip(self.variables, grads, self.sgd_rate):
            rate = learned / (1.0 - tf.pow(self.beta2, self.steps))
            var.assign_sub(0.1 * rate * g)


figures, flags, takings = ledger()
data = tf.data.Dataset.from_tensor_slices((figures, flags, takings)).shuffle(len(takings), seed=101).batch(64)
model = Takings()
model((figures[:2], flags[:2]))
optimizer = HandOver(model.trainable_variables)


def make_step(apply):
    @tf.function
    def step(a, b, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model((a, b)) - y))
        apply(tape.gradient(loss, model.trainable_variables))
        return loss

    return step


adam_step, sgd_step = make_step(optimizer.adam), make_step(optimizer.sgd)
for epoch in range(8):
    step = adam_step if epoch < 5 else sgd_step
    losses = [float(step(a, b, y)) for a, b, y in data]
    print(f"epoch {epoch} {'adam' if epoch < 5 else 'sgd '} loss {np.mean(losses):.4f}")
