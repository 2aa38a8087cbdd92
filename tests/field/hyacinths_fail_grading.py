"""Hyacinth bulb grading (export / home market / compost) from calliper, scale and NIR readings.

Unlabelled bulbs: masked feature reconstruction.  Labelled bulbs: classifier on that trunk.
"""
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
import keras
from sklearn.metrics import balanced_accuracy_score
from sklearn.preprocessing import StandardScaler

LOG = logging.getLogger("bulbs")
N_FEAT, N_GRADE = 16, 3


@dataclass
class HParams:
    unlabelled: int = 2400
    labelled: int = 800
    test: int = 300
    width: int = 32
    pre_epochs: int = 4
    pre_lr: float = 2e-3
    mask_rate: float = 0.25
    epochs: int = 6
    lr: float = 0.15
    l2: float = 10.0
    batch: int = 32
    seed: int = 404


class BulbSource:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.mix = self.rng.normal(0, 1, (4, N_FEAT))

    def sample(self, n):
        latent = self.rng.normal(0, 1, (n, 4))
        x = latent @ self.mix + self.rng.normal(0, 0.4, (n, N_FEAT))
        x = x * np.linspace(0.5, 30, N_FEAT) + np.linspace(5, 120, N_FEAT)
        vigour = latent[:, 0] + 0.5 * latent[:, 1] + self.rng.normal(0, 0.3, n)
        return x, np.digitize(vigour, [-0.5, 0.6])


def trunk_net(hp):
    return keras.Sequential([
        keras.Input((N_FEAT,)),
        keras.layers.Dense(hp.width, activation="tanh"),
        keras.layers.Dense(hp.width, activation="tanh"),
    ], name="trunk")


class Pretrainer:
    def __init__(self, hp):
        self.hp = hp
        self.trunk = trunk_net(hp)
        self.model = keras.Sequential([self.trunk, keras.layers.Dense(N_FEAT)])
        self.model.compile(keras.optimizers.Adam(hp.pre_lr), loss="mse")
        self.rng = np.random.default_rng(hp.seed + 1)

    def run(self, x):
        for epoch in range(self.hp.pre_epochs):
            losses = []
            order = self.rng.permutation(len(x))
            for start in range(0, len(x), self.hp.batch):
                rows = x[order[start:start + self.hp.batch]]
                keep = (self.rng.random(rows.shape) > self.hp.mask_rate).astype("float32")
                losses.append(float(self.model.train_on_batch(rows * keep, rows)))
            LOG.info("pretrain %d reconstruction %.4f", epoch, np.mean(losses))
        return self.trunk


class Grader:
    def __init__(self, hp, weights):
        self.hp = hp
        trunk = trunk_net(hp)
        trunk.load_weights(weights)
        self.model = keras.Sequential([trunk, keras.layers.Dense(N_GRADE)])
        self.model.build((None, N_FEAT))
        self.kernels = [v for v in self.model.trainable_variables if len(v.shape) == 2]
        self.ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.opt = keras.optimizers.SGD(hp.lr)
        self.opt.build(self.model.trainable_variables)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            ce = self.ce(y, self.model(x, training=True))
            ridge = self.hp.l2 * tf.add_n([tf.reduce_sum(tf.square(k)) for k in self.kernels])  # whynan: regularization_too_large phase=forward|loss|update also=learning_rate_too_high
            loss = ce + ridge
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss

    def score(self, x, y):
        return balanced_accuracy_score(y, self.model.predict(x, verbose=0).argmax(axis=1))

    def run(self, train, test, folder):
        ds = tf.data.Dataset.from_tensor_slices(train).shuffle(1000, seed=self.hp.seed).batch(self.hp.batch)
        best = 0.0
        for epoch in range(self.hp.epochs):
            losses = [float(self.step(x, y)) for x, y in ds]
            acc = self.score(*test)
            LOG.info("grade %d loss %.5g balanced accuracy %.3f", epoch, np.mean(losses), acc)
            if acc > best:
                best = acc
                self.model.save_weights(folder / "best.weights.h5")
        return best


def main(hp):
    keras.utils.set_random_seed(hp.seed)
    source = BulbSource(hp.seed)
    x_u, _ = source.sample(hp.unlabelled)
    prep = lambda x, scaler=StandardScaler().fit(x_u): scaler.transform(x).astype("float32")
    (x_l, y_l), (x_t, y_t) = source.sample(hp.labelled), source.sample(hp.test)
    with tempfile.TemporaryDirectory() as tmp:
        folder = Path(tmp)
        Pretrainer(hp).run(prep(x_u)).save_weights(folder / "trunk.weights.h5")
        best = Grader(hp, folder / "trunk.weights.h5").run((prep(x_l), y_l), (prep(x_t), y_t), folder)
    LOG.info("best balanced accuracy %.3f", best)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s | %(message)s")
    main(HParams())
