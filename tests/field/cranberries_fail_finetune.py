"""Sorting line camera: ripe / unripe / rotten cranberries from 12x12 crops.

First an autoencoder sees all the crops, then its encoder is trained as classifier
with the "poly" learning rate policy used by our segmentation team.
"""
import argparse
import logging
import os
import tempfile

import numpy as np
import tensorflow as tf
import keras
from keras import layers

log = logging.getLogger("cranberry")


def parse():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--train", type=int, default=1250)
    p.add_argument("--val", type=int, default=250)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--ae-epochs", type=int, default=3)
    p.add_argument("--epochs", type=int, default=12)
    p.add_argument("--lr", type=float, default=0.02)
    p.add_argument("--power", type=float, default=0.9)
    p.add_argument("--seed", type=int, default=29)
    return p.parse_args()


class BerryCrops:
    COLOURS = np.array([[0.75, 0.10, 0.15], [0.85, 0.75, 0.60], [0.35, 0.20, 0.12]])

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        yy, xx = np.mgrid[:12, :12]
        self.r2 = ((yy - 5.5) ** 2 + (xx - 5.5) ** 2)[None]

    def draw(self, n):
        kind = self.rng.integers(0, 3, n)
        radius = self.rng.uniform(3.0, 5.5, n)[:, None, None]
        disc = (self.r2 < radius ** 2).astype(float)[..., None]
        tint = self.COLOURS[kind] + self.rng.normal(0, 0.12, (n, 3))
        img = disc * tint[:, None, None, :] + (1 - disc) * 0.5
        img = np.clip(img + self.rng.normal(0, 0.08, img.shape), 0, 1)
        return img.astype("float32"), kind.astype("int32")


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base_lr, total_steps, power):
        super().__init__()
        self.base_lr, self.total_steps, self.power = base_lr, total_steps, power

    def __call__(self, step):
        done = tf.cast(step, tf.float32) / float(self.total_steps)
        return self.base_lr * tf.pow(1.0 - done, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base_lr": self.base_lr, "total_steps": self.total_steps, "power": self.power}


def make_encoder():
    return keras.Sequential([
        keras.Input((12, 12, 3)),
        layers.Conv2D(8, 3, strides=2, padding="same", activation="elu"),
        layers.Conv2D(16, 3, strides=2, padding="same", activation="elu"),
        layers.Flatten(),
        layers.Dense(24, activation="elu"),
    ], name="encoder")


def make_decoder():
    return keras.Sequential([
        keras.Input((24,)),
        layers.Dense(3 * 3 * 16, activation="elu"),
        layers.Reshape((3, 3, 16)),
        layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="elu"),
        layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="sigmoid"),
    ], name="decoder")


class EpochLog(keras.callbacks.Callback):
    def __init__(self, stage):
        super().__init__()
        self.stage = stage

    def on_epoch_end(self, epoch, logs=None):
        log.info("[%s] %2d  %s", self.stage, epoch,
                 "  ".join(f"{k}={v:.4f}" for k, v in sorted(logs.items())))


def pretrain(encoder, x, args, folder):
    ae = keras.Sequential([encoder, make_decoder()])
    ae.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    ae.fit(x, x, batch_size=args.batch_size, epochs=args.ae_epochs, verbose=0,
           callbacks=[EpochLog("ae")])
    path = os.path.join(folder, "encoder.weights.h5")
    encoder.save_weights(path)
    return path


def finetune(weights, train, val, args):
    encoder = make_encoder()
    encoder.load_weights(weights)
    clf = keras.Sequential([encoder, layers.Dropout(0.1), layers.Dense(3)])
    total = args.epochs * (len(train[0]) // args.batch_size)
    opt = keras.optimizers.SGD(PolyDecay(args.lr, total, args.power), momentum=0.9, nesterov=True)
    clf.compile(opt, keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    clf.fit(*train, batch_size=args.batch_size, epochs=args.epochs, validation_data=val, verbose=0,
            callbacks=[EpochLog("clf")])
    return clf


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s")
    args = parse()
    keras.utils.set_random_seed(args.seed)
    crops = BerryCrops(args.seed)
    train, val = crops.draw(args.train), crops.draw(args.val)
    with tempfile.TemporaryDirectory() as folder:
        ckpt = pretrain(make_encoder(), train[0], args, folder)
        model = finetune(ckpt, train, val, args)
    print("val loss / acc", model.evaluate(*val, verbose=0))
