# Tabular ResNet with structured sparsity. Config objects build everything. loss of step 1 is ok (0.69 + penalty), step 2 nan.
# Smaller sparsity does not help. If I delete the regularizer argument it trains.
from dataclasses import dataclass, field
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(3)


class GroupLasso(keras.regularizers.Regularizer):
    """sum over input features of the L2 norm of their outgoing weights"""

    def __init__(self, strength):
        self.strength = strength

    def group_norms(self, w):
        energy = ops.sum(ops.square(w), axis=1)
        return ops.sqrt(energy)  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero

    def __call__(self, w):
        return self.strength * ops.sum(self.group_norms(w))

    def get_config(self):
        return {"strength": self.strength}


@dataclass
class BlockConfig:
    width: int = 32
    sparsity: float = 1e-3
    zero_last: bool = True        # Fixup / ReZero style: each block starts as the identity

    def last_initializer(self):
        return "zeros" if self.zero_last else "he_normal"


@dataclass
class NetConfig:
    features: int = 14
    blocks: list = field(default_factory=lambda: [BlockConfig(), BlockConfig(zero_last=True)])
    rate: float = 1e-3


class ResidualBlock(layers.Layer):
    def __init__(self, cfg, **kwargs):
        super().__init__(**kwargs)
        penalty = GroupLasso(cfg.sparsity)
        self.norm = layers.LayerNormalization()
        self.first = layers.Dense(cfg.width, activation="gelu", kernel_regularizer=penalty)
        self.last = layers.Dense(cfg.width, kernel_initializer=cfg.last_initializer(), kernel_regularizer=penalty)

    def call(self, x):
        return x + self.last(self.first(self.norm(x)))


class Builder:
    def __init__(self, cfg):
        self.cfg = cfg

    def build(self):
        inputs = keras.Input((self.cfg.features,))
        h = layers.Dense(self.cfg.blocks[0].width)(inputs)
        for block in self.cfg.blocks:
            h = ResidualBlock(block)(h)
        model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
        model.compile(optimizer=keras.optimizers.Adam(self.cfg.rate), loss="binary_crossentropy", metrics=["accuracy"])
        return model


def applicants(n=480):
    rng = np.random.default_rng(40)
    x = rng.normal(size=(n, 14)).astype("float32")
    y = (x[:, 0] - 0.7 * x[:, 5] + 0.5 * rng.normal(size=n) > 0.4).astype("float32")
    return x, y


if __name__ == "__main__":
    x, y = applicants()
    Builder(NetConfig()).build().fit(x, y, batch_size=48, epochs=3, verbose=2)
