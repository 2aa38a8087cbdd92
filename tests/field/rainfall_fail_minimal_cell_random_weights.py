"""River level from 200 days of rainfall.

The cell is the MinimalRNNCell of the Keras documentation; I gave it a relu and the
initialisation of my old numpy RNN, so I can compare the two programs.
"""
import numpy as np
import keras
from keras import layers, ops

DAYS = 200
UNITS = 128
INIT_SCALE = 0.25  # np.random.randn(units, units) * 0.25 in rnn_numpy.py


def my_random(scale):
    return keras.initializers.RandomNormal(mean=0.0, stddev=scale)


class MinimalRNNCell(layers.Layer):
    def __init__(self, units, scale, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.scale = scale
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, self.units), initializer=my_random(self.scale), name="recurrent_kernel"
        )

    def call(self, inputs, states):
        prev_output = states[0]
        h = ops.matmul(inputs, self.kernel)
        output = ops.relu(h + ops.matmul(prev_output, self.recurrent_kernel))  # whynan: bad_initialization phase=forward also=exploding_gradient
        return output, [output]


def rainfall_years(n, seed):
    rng = np.random.default_rng(seed)
    wet = rng.random((n, DAYS)) < 0.35
    rain = np.where(wet, rng.gamma(1.2, 6.0, (n, DAYS)), 0.0)
    season = np.sin(2 * np.pi * (np.arange(DAYS)[None] + rng.integers(0, 365, (n, 1))) / 365)
    kernel = 0.96 ** np.arange(DAYS)[::-1]
    level = (rain * kernel).sum(1) * (1 + 0.2 * season[:, -1])
    x = np.stack([np.log1p(rain), season], axis=-1)
    y = (level - level.mean()) / level.std()
    return x.astype("float32"), y.astype("float32")


def make_model():
    inputs = keras.Input((DAYS, 2))
    x = layers.RNN(MinimalRNNCell(UNITS, INIT_SCALE), name="river")(inputs)
    x = layers.Dense(16, activation="tanh")(x)
    return keras.Model(inputs, layers.Dense(1)(x))


def main():
    keras.utils.set_random_seed(42)
    x_train, y_train = rainfall_years(256, seed=1)
    x_val, y_val = rainfall_years(64, seed=2)
    model = make_model()
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
    callbacks = [
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=10),
        keras.callbacks.LambdaCallback(on_epoch_begin=lambda e, logs: print(f"--- epoch {e}")),
    ]
    model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=32, epochs=2,
              callbacks=callbacks, verbose=2)


if __name__ == "__main__":
    main()
