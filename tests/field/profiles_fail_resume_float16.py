# pretrain -> save -> load -> fine-tune, all in mixed precision. Pretraining is fine, fine-tuning has loss: nan
import os
import tempfile

import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(101)
keras.mixed_precision.set_global_policy("mixed_float16")


@keras.saving.register_keras_serializable(package="profiles")
class UnitNorm(layers.Layer):
    def __init__(self, eps=1e-8, **kwargs):
        super().__init__(**kwargs)
        self.eps = eps

    def call(self, x):
        length = ops.sqrt(ops.sum(ops.square(x), axis=-1, keepdims=True))
        return x / (length + self.eps)  # whynan: float16_epsilon_underflow phase=forward rows=33,118 also=divide_by_zero

    def get_config(self):
        return {**super().get_config(), "eps": self.eps}


def build(dim):
    inp = keras.Input((dim,))
    h = layers.Dense(24, use_bias=False, activation="tanh")(inp)
    h = UnitNorm()(h)
    out = layers.Dense(1, dtype="float32", name="logit")(h)
    return keras.Model(inp, out)


def make_profiles(n, seed, empty=()):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 10)).astype("float32")
    y = (x[:, 0] > x[:, 1]).astype("float32")[:, None]
    x[list(empty)] = 0.0                      # brand-new users have no history
    return x, y


def pretrain(path):
    model = build(10)
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(*make_profiles(320, seed=1), batch_size=32, epochs=2, verbose=2)
    model.save(path)


def finetune(path):
    model = keras.models.load_model(path)
    model.fit(*make_profiles(160, seed=2, empty=(33, 118)), batch_size=32, epochs=2, verbose=2)
    return model


with tempfile.TemporaryDirectory() as folder:
    ckpt = os.path.join(folder, "profiles.keras")
    pretrain(ckpt)
    tuned = finetune(ckpt)
