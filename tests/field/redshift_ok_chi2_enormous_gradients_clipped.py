"""Photometric redshift, chi^2 loss with the true measuring error of 1e-4: the loss starts around 1e8 and so do the
gradients; the global norm is clipped to 1 with a decaying rate."""
import argparse
import numpy as np
import keras
from keras import layers, ops

parser = argparse.ArgumentParser()
parser.add_argument("--sigma", type=float, default=1e-4)
parser.add_argument("--epochs", type=int, default=12)
args, _ = parser.parse_known_args()
keras.utils.set_random_seed(40)


class Chi2(keras.losses.Loss):
    def __init__(self, sigma):
        super().__init__(name="chi2")
        self.sigma = sigma

    def call(self, y_true, y_pred):
        pull = (y_true - y_pred) / self.sigma
        return ops.sum(ops.square(pull), axis=-1)


def galaxies(n=512):
    rng = np.random.default_rng(6)
    z = rng.uniform(0.0, 1.5, (n, 1))
    bands = np.linspace(0.3, 1.0, 5)
    mags = 20.0 + 2.0 * np.sin(3.0 * z * bands) + 0.02 * rng.normal(size=(n, 5))
    mags = (mags - mags.mean(0)) / mags.std(0)
    return mags.astype("float32"), z.astype("float32")


mags, z = galaxies()
net = keras.Sequential([layers.Dense(32, activation="tanh"), layers.Dense(32, activation="tanh"), layers.Dense(1)])
steps = args.epochs * (len(z) // 32)
rate = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=steps, alpha=0.001)
net.compile(optimizer=keras.optimizers.SGD(rate, global_clipnorm=1.0), loss=Chi2(args.sigma), metrics=["mae"])
h = net.fit(mags, z, batch_size=32, epochs=args.epochs, verbose=0)
for e, (l, m) in enumerate(zip(h.history["loss"], h.history["mae"])):
    print(f"{e:3d} chi2 {l:14.1f} mae {m:.4f}")
# whynan: healthy
