"""District heating demand with a small mixture of experts.

I added the importance loss (squared coefficient of variation) so that the gate does not put everything on one expert.
The first batch has a normal loss, from the second on it is nan. With balance=0 ... it still is nan, which I do not get.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(5)


def hourly_table(hours=2400):
    rng = np.random.default_rng(17)
    t = np.arange(hours)
    outside = 4.0 + 8.0 * np.sin(2 * np.pi * t / 2400) + 3.0 * np.sin(2 * np.pi * (t - 9) / 24) + rng.normal(0, 1.2, hours)
    wind = rng.gamma(2.0, 2.0, hours)
    weekday = (t // 24) % 7
    office = ((t % 24 > 6) & (t % 24 < 19) & (weekday < 5)).astype(float)
    demand = 22.0 + 1.4 * np.maximum(17.0 - outside, 0.0) * (1 + 0.02 * wind) + 6.0 * office + rng.normal(0, 1.0, hours)
    x = np.column_stack([
        (outside - outside.mean()) / outside.std(),
        (wind - wind.mean()) / wind.std(),
        office,
        np.sin(2 * np.pi * t / 24),
        np.cos(2 * np.pi * t / 24),
        weekday / 6.0,
    ])
    y = (demand - demand.mean()) / demand.std()
    return x.astype("float32"), y.astype("float32")


class MixtureOfExperts(layers.Layer):
    """Dense gate over a handful of two-layer experts."""

    def __init__(self, experts=4, hidden=24, units=16, balance=0.01, **kwargs):
        super().__init__(**kwargs)
        self.balance = balance
        # no expert is preferred before training starts
        self.gate = layers.Dense(experts, use_bias=False, kernel_initializer="zeros")
        self.experts = [
            keras.Sequential([layers.Dense(hidden, activation="relu"), layers.Dense(units)])
            for _ in range(experts)
        ]

    def call(self, x):
        share = ops.softmax(self.gate(x), axis=-1)
        self.add_loss(self.balance * self.importance_loss(share))
        answers = ops.stack([expert(x) for expert in self.experts], axis=1)
        return ops.sum(ops.expand_dims(share, -1) * answers, axis=1)

    @staticmethod
    def importance_loss(share):
        importance = ops.sum(share, axis=0)
        spread = ops.std(importance)  # whynan: healthy
        cv = spread / (ops.mean(importance) + 1e-10)
        return ops.square(cv)


def make_model(width):
    inputs = keras.Input((width,))
    h = layers.Dense(32, activation="relu")(inputs)
    h = MixtureOfExperts(name="moe")(h)
    h = layers.LayerNormalization()(h)
    return keras.Model(inputs, layers.Dense(1)(layers.Activation("relu")(h)))


x, y = hourly_table()
train, test = slice(0, 2048), slice(2048, None)
model = make_model(x.shape[1])
model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4), loss="mse", metrics=["mae"])
history = model.fit(x[train], y[train], validation_data=(x[test], y[test]), batch_size=64, epochs=4, verbose=2)
print("last training loss", history.history["loss"][-1])
