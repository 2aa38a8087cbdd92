"""Roof / no roof from lidar columns. Two optimizers (slow backbone, fast head), focal loss, config from the command line.
My clip with eps=1e-7 should make log safe, still nan in the first step."""
import argparse
import dataclasses
import numpy as np
import tensorflow as tf
import keras
from keras import layers


@dataclasses.dataclass
class TrainConfig:
    backbone_rate: float = 1e-4
    head_rate: float = 1e-3
    batch: int = 32
    epochs: int = 2
    gamma: float = 2.0
    eps: int = 1e-7
    seed: int = 6

    def __post_init__(self):
        # values may be strings (command line, yaml) -> cast to the declared type
        for f in dataclasses.fields(self):
            setattr(self, f.name, f.type(float(getattr(self, f.name))))

    @classmethod
    def from_pairs(cls, pairs):
        return cls(**dict(p.split("=", 1) for p in pairs))


class FocalLoss:
    def __init__(self, cfg):
        self.gamma, self.eps = cfg.gamma, cfg.eps

    def _clip(self, p):
        return tf.clip_by_value(p, self.eps, 1 - self.eps)

    def __call__(self, y, p):
        p = self._clip(p)
        log_p, log_q = tf.math.log(p), tf.math.log(1.0 - p)  # whynan: clip_misuse phase=loss also=log_of_zero,unscaled_input
        positive = y * tf.pow(1.0 - p, self.gamma) * log_p
        negative = (1.0 - y) * tf.pow(p, self.gamma) * log_q
        return -tf.reduce_mean(positive + negative)


class RoofModel(keras.Model):
    def __init__(self, cfg):
        super().__init__()
        self.backbone = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(32, activation="relu")])
        self.head = layers.Dense(1, activation="sigmoid")
        self.focal = FocalLoss(cfg)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x):
        return self.head(self.backbone(x))

    def compile(self, backbone_optimizer, head_optimizer, **kwargs):
        super().compile(**kwargs)
        self.backbone_optimizer, self.head_optimizer = backbone_optimizer, head_optimizer

    def train_step(self, data):
        x, y = data
        with tf.GradientTape(persistent=True) as tape:
            loss = self.focal(tf.cast(y, tf.float32)[:, None], self(x))
        for part, optimizer in ((self.backbone, self.backbone_optimizer), (self.head, self.head_optimizer)):
            weights = part.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


def lidar(cfg, n=320):
    rng = np.random.default_rng(cfg.seed)
    ground = rng.uniform(200e3, 450e3, (n, 1))                    # heights in mm above sea level
    roof = rng.integers(0, 2, n)
    heights = ground + roof[:, None] * rng.uniform(3e3, 9e3, (n, 1)) + 50 * rng.normal(size=(n, 24))
    return heights.astype("float32"), roof


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", nargs="*", default=["batch=16", "gamma=1.5"])
    cfg = TrainConfig.from_pairs(parser.parse_args(argv).set)
    keras.utils.set_random_seed(cfg.seed)
    model = RoofModel(cfg)
    model.compile(keras.optimizers.Adam(cfg.backbone_rate), keras.optimizers.Adam(cfg.head_rate))
    x, y = lidar(cfg)
    model.fit(x, y, batch_size=cfg.batch, epochs=cfg.epochs, verbose=2)


if __name__ == "__main__":
    main()
