"""Load forecasting: one model is carried through several substations (multiple fit calls).
Goyal et al.: scale the rate linearly with the batch size -> small callback."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(14)
BASE_BATCH = 32
LAGS = 12


def substation(seed, n=1920):
    rng = np.random.default_rng(seed)
    t = np.arange(n + LAGS)
    load = np.sin(2 * np.pi * t / 48 + rng.uniform(0, 6)) + 0.3 * np.sin(2 * np.pi * t / 336)
    load = load + rng.normal(0, 0.15, len(t))
    load = (load - load.mean()) / load.std()
    x = np.stack([load[i:i + LAGS] for i in range(n)])
    return x.astype("float32"), load[LAGS:].astype("float32")[:, None]


def squared_error(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred))  # whynan: learning_rate_too_high phase=loss|forward|gradient|update also=exploding_gradient


class TrackedModel(keras.Model):
    """adds what we want to see in the progress bar"""

    def train_step(self, data):
        logs = super().train_step(data)
        logs["rate"] = tf.convert_to_tensor(self.optimizer.learning_rate)
        return logs


class Forecaster(TrackedModel):
    stage = "none"

    def train_step(self, data):
        x, y = data
        noise = tf.random.normal(tf.shape(x), stddev=0.02)     # cheap augmentation
        return super().train_step((x + noise, y))


class LinearScaling(keras.callbacks.Callback):
    def __init__(self, batch_size):
        super().__init__()
        self.factor = batch_size / BASE_BATCH

    def on_train_begin(self, logs=None):
        opt = self.model.optimizer
        opt.learning_rate = float(opt.learning_rate) * self.factor


def build_forecaster(units=16):
    inputs = keras.Input((LAGS,))
    h = layers.Dense(units, activation="tanh")(inputs)
    h = layers.Dense(units, activation="tanh")(h)
    return Forecaster(inputs, layers.Dense(1)(h))


def main():
    model = build_forecaster()
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss=squared_error)
    plan = [("north", 1, 32), ("harbour", 2, 64), ("old town", 3, 128), ("airport", 4, 128),
            ("valley", 5, 128), ("mill", 6, 128), ("lakeside", 7, 128)]
    for name, seed, batch in plan:
        x, y = substation(seed)
        model.stage = name
        history = model.fit(x, y, batch_size=batch, epochs=3, verbose=0,
                            callbacks=[LinearScaling(batch)])
        losses = ", ".join(f"{v:.4g}" for v in history.history["loss"])
        print(f"{name:10s} batch {batch:3d}  loss {losses}")


if __name__ == "__main__":
    main()
