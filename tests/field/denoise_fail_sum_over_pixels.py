import argparse
import numpy as np
import tensorflow as tf
import keras
from keras import layers


def parse():
    p = argparse.ArgumentParser()
    p.add_argument("--size", type=int, default=32)
    p.add_argument("--batch-size", type=int, default=16)
    p.add_argument("--lr", type=float, default=0.01)
    p.add_argument("--epochs", type=int, default=4)
    return p.parse_args([])


def blobs(n, size, seed=0):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:size, :size]
    c = rng.uniform(6, size - 6, (n, 2))
    r = rng.uniform(2, 6, n)
    img = np.exp(-((yy - c[:, :1, None]) ** 2 + (xx - c[:, 1:, None]) ** 2) / (2 * r[:, None, None] ** 2))
    return img[..., None].astype("float32")


class NoisyPairs(keras.utils.PyDataset):
    def __init__(self, clean, batch_size):
        super().__init__()
        self.clean, self.bs = clean, batch_size
        self.rng = np.random.default_rng(9)

    def __len__(self):
        return len(self.clean) // self.bs

    def __getitem__(self, i):
        y = self.clean[i * self.bs:(i + 1) * self.bs]
        return y + 0.1 * self.rng.normal(size=y.shape).astype("float32"), y


def reconstruction_loss(y_true, y_pred):
    err = y_true - y_pred
    return tf.reduce_sum(tf.square(err))  # whynan: learning_rate_too_high phase=loss also=exploding_gradient


def build(size):
    inp = keras.Input((size, size, 1))
    h = layers.Conv2D(8, 3, padding="same", activation="tanh")(inp)
    h = layers.Conv2D(8, 3, padding="same", activation="tanh")(h)
    out = layers.Conv2D(1, 3, padding="same")(h)
    return keras.Model(inp, out, name="dncnn_mini")


args = parse()
keras.utils.set_random_seed(7)
net = build(args.size)
net.compile(optimizer=keras.optimizers.SGD(args.lr, momentum=0.9), loss=reconstruction_loss)
net.fit(NoisyPairs(blobs(256, args.size), args.batch_size), epochs=args.epochs, verbose=2)
