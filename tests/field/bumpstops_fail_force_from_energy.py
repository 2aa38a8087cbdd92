"""Bump stops for a van axle: learn the stored energy, get the force as its derivative.

The test rig gives travel (cm) and force (kN) for many rubber compounds. The network never sees the force directly: it
describes an energy that grows with powers of the travel, and the force is dE/dtravel. A forward pass before training
gives sensible forces for all 480 readings (I checked min and max), but the loss of the very first epoch is nan, also
with clipnorm and a tiny learning rate.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(41)

READINGS_PER_DAY = 120
POWERS = tf.constant([1.5, 2.0, 2.5, 3.0])


def rig_protocol(days=4, seed=3):
    """Travel, compound properties and measured force, in the order of the rig's log."""
    rng = np.random.default_rng(seed)
    n = days * READINGS_PER_DAY
    travel = rng.uniform(0.3, 4.2, n)
    travel[::READINGS_PER_DAY] = 0.0  # the day starts with the tare reading, plate just resting
    shore = rng.uniform(50.0, 75.0, n)
    temperature = rng.uniform(-15.0, 40.0, n)
    filler = rng.uniform(0.1, 0.4, n)
    hardness = (shore - 40.0) / 25.0 - 0.004 * temperature + 0.8 * filler
    force = 0.35 * hardness * travel + 0.09 * hardness * travel**2 + rng.normal(0.0, 0.02, n)
    compound = np.stack([(shore - 62.0) / 7.0, (temperature - 12.0) / 16.0, (filler - 0.25) / 0.09], axis=1)
    return travel[:, None].astype("float32"), compound.astype("float32"), force[:, None].astype("float32")


class BumpStop(keras.Model):
    """Energy = sum of stiffness * (stretch * travel) ** power, with stiffness and stretch from the compound."""

    def __init__(self, units=24, **kwargs):
        super().__init__(**kwargs)
        self.trunk = keras.layers.Dense(units, activation="swish")
        self.stiffness = keras.layers.Dense(4, activation="softplus")
        self.stretch = keras.layers.Dense(4, activation="softplus")

    def energy(self, travel, compound):
        features = self.trunk(compound)
        reach = self.stretch(features) * travel
        parts = self.stiffness(features) * tf.pow(reach, POWERS)  # whynan: pow_grad_at_zero phase=gradient rows=0,120,240,360
        return tf.reduce_sum(parts, axis=-1, keepdims=True)

    def call(self, inputs):
        travel = tf.convert_to_tensor(inputs["travel"])
        with tf.GradientTape() as tape:
            tape.watch(travel)
            stored = self.energy(travel, inputs["compound"])
        return tape.gradient(stored, travel)


def main():
    travel, compound, force = rig_protocol()
    inputs = {"travel": travel, "compound": compound}

    model = BumpStop(name="bump_stop")
    before = model({"travel": tf.constant(travel), "compound": tf.constant(compound)}).numpy()
    print(f"forces before training: {before.min():.2f} ... {before.max():.2f} kN, all finite: {np.isfinite(before).all()}")

    model.compile(
        optimizer=keras.optimizers.Adam(5e-4, clipnorm=1.0),
        loss="mse",
        metrics=[keras.metrics.MeanAbsoluteError(name="mae_kN")],
    )
    history = model.fit(inputs, force, batch_size=32, epochs=4, verbose=2)
    print("loss per epoch:", history.history["loss"])


if __name__ == "__main__":
    main()
