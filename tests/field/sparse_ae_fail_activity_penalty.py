# Sparse autoencoder for vibration snapshots. Wanted a really small code, so I raised the activity
# penalty until it "works". With 0.1 it trains, with 60 the reconstruction loss is nan after some steps.
import numpy as np
import keras
import tensorflow as tf
from keras import layers, regularizers

keras.utils.set_random_seed(47)
HPARAMS = {"code": 8, "penalty": 60.0, "lr": 0.1, "batch": 64, "epochs": 4}


def snapshots(n=1536, dim=30):
    rng = np.random.default_rng(47)
    basis = rng.normal(size=(5, dim))
    amp = rng.normal(size=(n, 5))
    x = amp @ basis + 0.1 * rng.normal(size=(n, dim))
    return ((x - x.mean(0)) / x.std(0)).astype("float32")


class SparseAutoencoder(keras.Model):
    def __init__(self, dim, hp):
        super().__init__()
        self.encode = keras.Sequential([
            layers.Dense(24, activation="tanh"),
            layers.Dense(hp["code"], activity_regularizer=regularizers.L2(hp["penalty"])),
        ])
        self.decode = keras.Sequential([layers.Dense(24, activation="tanh"), layers.Dense(dim)])

    def call(self, x):
        return self.decode(self.encode(x))  # whynan: regularization_too_large phase=forward|loss|gradient|update also=learning_rate_too_high,exploding_gradient


class PrintCode(keras.callbacks.Callback):
    def __init__(self, probe):
        super().__init__()
        self.probe = probe

    def on_epoch_end(self, epoch, logs=None):
        code = self.model.encode(self.probe)
        print(f"epoch {epoch}: mean |code| = {float(tf.reduce_mean(tf.abs(code))):.3e}")


x = snapshots()
ae = SparseAutoencoder(x.shape[1], HPARAMS)
ae.compile(keras.optimizers.SGD(HPARAMS["lr"], momentum=0.5), loss="mse")
ae.fit(x, x, batch_size=HPARAMS["batch"], epochs=HPARAMS["epochs"], callbacks=[PrintCode(x[:64])], verbose=2)
