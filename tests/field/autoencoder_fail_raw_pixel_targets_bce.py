# Autoencoder whose loss goes to -1e30 and then nan.
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)


def blocks(n):
    imgs = np.zeros((n, 28, 28), "uint8")
    for im in imgs:
        r, c = rng.integers(6, 12, 2)
        im[r:r + 9, c:c + 9] = rng.integers(180, 256, (9, 9))
    return imgs


x_train = blocks(512)
x_in = x_train.reshape(-1, 784).astype("float32") / 255.0
x_target = x_train.reshape(-1, 784).astype("float32")

encoder = keras.Sequential([keras.Input((784,)), layers.Dense(64, activation="relu")], name="encoder")
decoder = keras.Sequential([keras.Input((64,)), layers.Dense(784)], name="decoder")

img = keras.Input((784,))
autoencoder = keras.Model(img, decoder(encoder(img)))
autoencoder.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
autoencoder.fit(x_in, x_target, epochs=12, batch_size=32, verbose=2)  # whynan: label_not_in_unit_interval phase=loss also=label_out_of_range,unscaled_target,exploding_gradient,wrong_loss_for_task
