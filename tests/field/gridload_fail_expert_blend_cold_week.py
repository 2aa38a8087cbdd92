"""Blend of five load forecasts, the weights are kept positive and sum to one by the optimizer itself.

I process the hours in their order, one day per step.  For seven weeks the weights move to the two best forecasters, as
they should.  Then all the weights are nan from one day to the next.  The weights are clipped to [1e-4, 1] after every
update, so how can they leave that range?
"""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(9)

EXPERTS = {"persistence": (-120, 210), "regional": (60, 150), "weather A": (150, 120), "weather B": (-40, 110), "analog": (90, 240)}


class MultiplicativeUpdates(keras.optimizers.Optimizer):
    """Multiply every weight with exp(-rate * gradient), then divide by the sum (Kivinen and Warmuth)."""

    def __init__(self, learning_rate=1e-5, smallest=1e-4, name="multiplicative_updates", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.smallest = smallest

    def update_step(self, gradient, variable, learning_rate):
        rate = ops.cast(learning_rate, variable.dtype)
        factor = ops.exp(-rate * gradient)  # whynan: exp_overflow phase=update also=learning_rate_too_high,unscaled_target,unscaled_input
        raised = ops.multiply(variable, factor)
        blended = raised / ops.sum(raised)
        self.assign(variable, ops.clip(blended, self.smallest, 1.0))

    def get_config(self):
        return {**super().get_config(), "smallest": self.smallest}


class Blend(keras.layers.Layer):
    def build(self, input_shape):
        count = input_shape[-1]
        self.share = self.add_weight(name="share", shape=(count,), initializer=keras.initializers.Constant(1.0 / count))

    def call(self, forecasts):
        return ops.sum(forecasts * self.share, axis=-1, keepdims=True)


class Diary(keras.callbacks.Callback):
    def __init__(self, blend, every=10):
        super().__init__()
        self.blend, self.every = blend, every

    def on_train_batch_end(self, batch, logs=None):
        if batch % self.every == 0:
            shares = np.round(self.blend.share.numpy(), 3)
            print(f"day {batch + 1:3d}", dict(zip(EXPERTS, shares.tolist())))


def winter(days=90):
    """Load in MW and what the five forecasters said the day before."""
    rng = np.random.default_rng(33)
    hour = np.arange(24 * days)
    load = 9000 + 1100 * np.sin(2 * np.pi * (hour % 24 - 9) / 24) + 350 * np.sin(2 * np.pi * hour / (24 * 7))
    load = load + rng.normal(0, 60, hour.size)
    common = np.repeat(rng.normal(0, 40, days), 24)
    said = np.stack([load + common + bias + rng.normal(0, noise, hour.size) for bias, noise in EXPERTS.values()], axis=1)
    # the week in February at minus twenty degrees, electric heating everywhere
    cold = (hour >= 24 * 52) & (hour < 24 * 57)
    load = load + np.where(cold, 2100.0, 0.0)
    return said.astype("float32"), load.astype("float32")[:, None]


said, load = winter()
blend = Blend()
model = keras.Sequential([keras.Input((len(EXPERTS),)), blend])
model.compile(optimizer=MultiplicativeUpdates(1e-5), loss="mse")
history = model.fit(said, load, batch_size=24, epochs=1, shuffle=False, verbose=0, callbacks=[Diary(blend)])
print("mean squared error of the winter:", history.history["loss"])
