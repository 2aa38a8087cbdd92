"""Species of bush crickets from mel energies with a trainable gain for every band before the logarithm. I wrote the
logarithm with its own backward pass because the automatic one kept the tensor of 1 + x in memory. The forward pass is
the same to the last digit, but somewhere in the first epoch the loss turns into nan."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(90)

FRAMES, BANDS, SPECIES = 30, 24, 5
GATED = {70: 17, 151: 20, 233: 15}      # recorders with the noise gate of the firmware on: silent above this band


def simulate_recordings(rng, n=320):
    label = rng.integers(0, SPECIES, n)
    carrier = np.array([6, 9, 12, 15, 19])[label]
    pulse = np.array([2.0, 3.5, 5.0, 7.0, 10.0])[label]
    frame = np.arange(FRAMES)
    band = np.arange(BANDS)
    envelope = 0.5 + 0.5 * np.sin(2 * np.pi * pulse[:, None] * frame / FRAMES + rng.uniform(0, 6, (n, 1)))
    comb = np.exp(-0.5 * ((band - carrier[:, None] - rng.normal(0, 0.6, (n, 1))) / 1.8) ** 2)
    energy = 0.3 + 4.0 * envelope[:, :, None] * comb[:, None, :]
    energy *= rng.gamma(4.0, 0.25, size=(n, FRAMES, BANDS))
    energy = np.maximum(energy, 1e-3)
    for row, first_silent in GATED.items():
        energy[row, :, first_silent:] = 0.0
    return energy.astype("float32"), label


@tf.custom_gradient
def log_energy(energy):
    level = tf.math.log1p(energy)

    def backward(upstream):
        return upstream / level  # whynan: wrong_custom_gradient phase=gradient rows=70,151,233 also=divide_by_zero

    return level, backward


class TrainableFilterGain(keras.layers.Layer):
    def build(self, input_shape):
        self.raw_gain = self.add_weight(shape=(input_shape[-1],), initializer="zeros", name="raw_gain")

    def call(self, energy):
        gain = keras.ops.softplus(self.raw_gain)
        return log_energy(energy * gain)


def build_classifier():
    return keras.Sequential([
        keras.Input((FRAMES, BANDS)),
        TrainableFilterGain(),
        keras.layers.Conv1D(24, 5, activation="gelu"),
        keras.layers.MaxPooling1D(2),
        keras.layers.Conv1D(24, 3, activation="gelu"),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(SPECIES),
    ])


energy, species = simulate_recordings(np.random.default_rng(90))
assert abs(float(log_energy(tf.constant(1.0))) - np.log(2.0)) < 1e-6       # forward agrees

classifier = build_classifier()
classifier.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
classifier.fit(energy, species, batch_size=20, epochs=5, verbose=2)
