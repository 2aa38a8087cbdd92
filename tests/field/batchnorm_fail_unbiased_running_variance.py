"""Own BatchNorm (d2l.ai chapter) for porting a PyTorch model.

Training loss looks fine, val_loss is nan from the first epoch on. PyTorch keeps the *unbiased*
variance in running_var, so I added that to get the same numbers.
"""
import numpy as np
import keras
from keras import layers, ops


class TorchBatchNorm(layers.Layer):
    def __init__(self, momentum=0.1, epsilon=1e-5, **kwargs):
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=shape, initializer="ones")
        self.beta = self.add_weight(name="beta", shape=shape, initializer="zeros")
        self.running_mean = self.add_weight(name="running_mean", shape=shape, initializer="zeros", trainable=False)
        self.running_var = self.add_weight(name="running_var", shape=shape, initializer="ones", trainable=False)

    def batch_statistics(self, x):
        n = ops.cast(ops.shape(x)[0], x.dtype)
        mean = ops.mean(x, axis=0)
        squares = ops.sum(ops.square(x - mean), axis=0)
        biased = squares / n
        unbiased = squares / (n - 1.0)  # whynan: single_element_variance phase=forward|update also=divide_by_zero
        return mean, biased, unbiased

    def update(self, mean, var):
        m = self.momentum
        self.running_mean.assign((1.0 - m) * self.running_mean + m * mean)
        self.running_var.assign((1.0 - m) * self.running_var + m * var)

    def call(self, x, training=None):
        if training:
            mean, var, running = self.batch_statistics(x)
            self.update(mean, running)
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - mean) / ops.sqrt(var + self.epsilon)
        return self.gamma * x + self.beta


def dense_block(x, units, rate=0.1):
    x = layers.Dense(units, use_bias=False)(x)
    x = TorchBatchNorm()(x)
    x = layers.Activation("relu")(x)
    return layers.Dropout(rate)(x)


def make_wine_like(n, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 11)).astype("float32")
    quality = x[:, 0] - 0.6 * x[:, 4] + 0.4 * np.sin(2 * x[:, 7]) + rng.normal(0, 0.2, n)
    return x, quality.astype("float32")[:, None]


def build():
    inputs = keras.Input((11,))
    x = dense_block(inputs, 48)
    x = dense_block(x, 24)
    return keras.Model(inputs, layers.Dense(1)(x))


def main():
    keras.utils.set_random_seed(77)
    x, y = make_wine_like(801, seed=0)
    # 641 for training, 160 for validation
    split = int(len(x) * 0.8) + 1
    model = build()
    model.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-4), loss="mse", metrics=["mae"])
    model.fit(
        x[:split], y[:split],
        validation_data=(x[split:], y[split:]),
        batch_size=64,
        epochs=4,
        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=3)],
        verbose=2,
    )


if __name__ == "__main__":
    main()
