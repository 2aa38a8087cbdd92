# Camera trap sorting: empty / wolverine / other. Retrieval style pooling as in the GeM paper.
import argparse
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
import keras
from keras import layers


@dataclass
class Config:
    n_train: int = 640
    n_test: int = 160
    size: int = 32
    batch: int = 32
    epochs: int = 3
    lr: float = 1e-3
    p_init: float = 3.0


class GeM(layers.Layer):
    """Generalised mean pooling with one learned exponent."""

    def __init__(self, p_init, **kw):
        super().__init__(**kw)
        self.p_init = p_init

    def build(self, shape):
        self.p = self.add_weight(
            name="p", shape=(), initializer=keras.initializers.Constant(self.p_init))

    def call(self, fmap):
        p = tf.convert_to_tensor(self.p)
        powered = tf.reduce_mean(tf.pow(fmap, p), axis=[1, 2])
        return tf.pow(powered, 1.0 / p)  # whynan: pow_grad_at_zero phase=gradient


def snapshot(label, size, rng):
    img = rng.integers(20, 70, (size, size)).astype(np.float32)
    img += np.linspace(0, 40, size)[:, None]
    if label == 1:
        r, c = rng.integers(6, size - 12, 2)
        img[r:r + 6, c:c + 11] = rng.integers(120, 150)
        img[r + 2:r + 3, c:c + 11] += 60
    elif label == 2:
        r, c = rng.integers(4, size - 14, 2)
        img[r:r + 13, c:c + 5] = rng.integers(150, 200)
    return np.clip(img, 0, 255)


def load_card(n, cfg, rng):
    labels = rng.integers(0, 3, n)
    frames = np.stack([snapshot(l, cfg.size, rng) for l in labels])
    # flash did not fire
    dark = rng.random(n) < 0.06
    frames[dark] = 0
    labels[dark] = 0
    return (frames / 255.0).astype("float32")[..., None], labels.astype("int32")


def make_model(cfg):
    inp = keras.Input((cfg.size, cfg.size, 1))
    h = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(inp)
    h = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(h)
    h = GeM(cfg.p_init, name="gem")(h)
    h = layers.Dropout(0.1)(h)
    return keras.Model(inp, layers.Dense(3)(h))


class Trainer:
    def __init__(self, cfg):
        self.cfg = cfg
        self.model = make_model(cfg)
        self.opt = keras.optimizers.Adam(cfg.lr)
        self.ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.seen = keras.metrics.Mean()

    @tf.function
    def step(self, xb, yb):
        with tf.GradientTape() as tape:
            loss = self.ce(yb, self.model(xb, training=True))
        grads = tape.gradient(loss, self.model.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.model.trainable_variables))
        self.seen.update_state(loss)
        return loss

    def run(self, ds):
        for epoch in range(self.cfg.epochs):
            self.seen.reset_state()
            for xb, yb in ds:
                self.step(xb, yb)
            p = float(self.model.get_layer("gem").p.numpy())
            print(f"epoch {epoch}: loss {float(self.seen.result()):.4f}  p={p:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--lr", type=float, default=1e-3)
    opts = parser.parse_args()
    keras.utils.set_random_seed(opts.seed)
    cfg = Config(lr=opts.lr)
    rng = np.random.default_rng(opts.seed)
    xtr, ytr = load_card(cfg.n_train, cfg, rng)
    xte, yte = load_card(cfg.n_test, cfg, rng)
    train = tf.data.Dataset.from_tensor_slices((xtr, ytr)).shuffle(640, seed=1).batch(cfg.batch)
    trainer = Trainer(cfg)
    trainer.run(train)
    guess = trainer.model.predict(xte, verbose=0).argmax(-1)
    print("test accuracy", (guess == yte).mean().round(3))
