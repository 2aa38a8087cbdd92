"""Minutes of fan running in frost nights: a trainable fuzzy controller that replaces the grower's hand-made one.

The sets are written as in the fuzzy toolbox that the controller came from, four corners each. Training looks perfect,
the loss goes down nicely and the predictions are plausible. But when I write the corners back into the controller it
refuses the file: a third of them are nan. The network still predicts fine with them!
"""
import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(63)

# feature: {set: (foot, shoulder, shoulder, foot)}; the outermost sets are open on their outer side
SETS = {
    "temperature": {"frost": (-8, -8, -2, 1), "cool": (-2, 1, 3, 6), "mild": (3, 6, 12, 12)},
    "dewpoint": {"dry": (-15, -15, -8, -4), "normal": (-8, -4, -1, 3), "moist": (-1, 3, 10, 10)},
    "wind": {"calm": (0, 0, 1, 2), "breeze": (1, 2, 4, 6), "windy": (4, 6, 15, 15)},
}
CORNERS = np.array([[corners for corners in sets.values()] for sets in SETS.values()], dtype="float32")


def ramp(x, foot, shoulder):
    """0 up to the foot, 1 from the shoulder on, a straight line between them."""
    return ops.where(x <= foot, 0.0, ops.where(x < shoulder, (x - foot) / (shoulder - foot), 1.0))  # whynan: where_gradient_trap phase=gradient also=divide_by_zero


class Memberships(keras.layers.Layer):
    def __init__(self, corners, **kwargs):
        super().__init__(**kwargs)
        self.start = corners

    def build(self, input_shape):
        self.corners = self.add_weight(
            shape=self.start.shape, initializer=keras.initializers.Constant(self.start), name="corners"
        )

    def call(self, x):
        x = ops.expand_dims(x, -1)
        a, b, c, d = [self.corners[..., i] for i in range(4)]
        return ramp(x, a, b) * ramp(-x, -d, -c)

    def compute_output_shape(self, input_shape):
        return input_shape + (self.start.shape[1],)


class Rules(keras.layers.Layer):
    """Firing strength of all 27 combinations, normalised to a sum of one."""

    def call(self, degrees):
        first = degrees[:, 0, :, None, None]
        second = degrees[:, 1, None, :, None]
        third = degrees[:, 2, None, None, :]
        firing = ops.reshape(first * second * third, (-1, 27))
        return firing / (ops.sum(firing, axis=-1, keepdims=True) + 1e-6)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 27)


def nights(n=640, seed=14):
    rng = np.random.default_rng(seed)
    temperature = rng.uniform(-7.5, 11.5, n)
    dewpoint = rng.uniform(-14.5, 9.5, n)
    wind = np.clip(rng.gamma(2.0, 1.6, n), 0.05, 14.5)
    cold = 1.0 / (1.0 + np.exp(1.2 * temperature))
    minutes = 420.0 * cold * np.exp(-wind / 3.0) * (1.2 - 0.02 * dewpoint) + rng.normal(0.0, 6.0, n)
    x = np.stack([temperature, dewpoint, wind], axis=1).astype("float32")
    return x, (np.clip(minutes, 0.0, None) / 60.0).astype("float32")


x, hours = nights()
inputs = keras.Input((3,))
degrees = Memberships(CORNERS, name="memberships")(inputs)
output = keras.layers.Dense(1, name="consequents")(Rules()(degrees))
controller = keras.Model(inputs, output)
controller.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
controller.fit(x[:560], hours[:560], validation_data=(x[560:], hours[560:]), batch_size=32, epochs=15, verbose=2)

trained = controller.get_layer("memberships").corners.numpy()
for (feature, sets), corners in zip(SETS.items(), trained):
    for name, row in zip(sets, corners):
        print(f"{feature:12s} {name:7s}", np.round(row, 2))
