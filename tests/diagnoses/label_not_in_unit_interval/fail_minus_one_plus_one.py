"""Discriminator for real and fake samples. Labels: +1 real, -1 fake."""
import keras
import numpy as np

keras.utils.set_random_seed(62)
rng = np.random.default_rng(62)
real = rng.normal([2, 2, 0], 0.6, size=(120, 3))
fake = rng.normal([-1, 0, 1], 1.0, size=(120, 3))
samples = np.concatenate([real, fake]).astype("float32")
labels = np.concatenate([np.ones(120), -np.ones(120)]).astype("float32")

discriminator = keras.Sequential([
    keras.Input((3,)),
    keras.layers.Dense(24),
    keras.layers.LeakyReLU(negative_slope=0.2),
    keras.layers.Dense(24),
    keras.layers.LeakyReLU(negative_slope=0.2),
    keras.layers.Dense(1),
])
discriminator.compile(
    keras.optimizers.SGD(0.1, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
discriminator.fit(samples, labels, epochs=10, batch_size=24, verbose=2)  # whynan: label_not_in_unit_interval phase=forward|gradient also=label_out_of_range,exploding_gradient
