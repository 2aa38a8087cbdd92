"""Dynamic loss scaling that starts far too high: the first steps have inf gradients and are skipped, afterwards it trains."""
# whynan: healthy
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(33)
keras.mixed_precision.set_global_policy("mixed_float16")


def blobs(n=640, k=5, d=16):
    rng = np.random.default_rng(21)
    y = rng.integers(0, k, n)
    x = rng.normal(size=(k, d))[y] + 0.6 * rng.normal(size=(n, d))
    return x.astype("float32"), y


class ScaleLogger(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        scale = float(keras.ops.convert_to_numpy(self.model.optimizer.dynamic_scale))
        print(f"epoch {epoch}: loss scale {scale:.0f}, loss {logs['loss']:.3f}")


x, y = blobs()
inp = keras.Input((16,))
h = layers.Dense(48, activation="relu")(inp)
h = layers.Dense(48, activation="relu")(h)
out = layers.Dense(5, activation="softmax", dtype="float32")(h)
model = keras.Model(inp, out)

opt = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(1e-3), initial_scale=2.0 ** 30)
model.compile(optimizer=opt, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=6, verbose=0, callbacks=[ScaleLogger()])
