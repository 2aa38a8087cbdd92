import os
import tempfile

import numpy as np
import keras
from keras import layers, ops

"""Share of anchovy in a haul (log kg) from the echoes of its schools.
A haul has 1 to 12 schools, the rest of the table is padding."""

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)
MAX_SCHOOLS = 12
N = 1500

count = rng.integers(1, MAX_SCHOOLS + 1, N)
valid = np.arange(MAX_SCHOOLS)[None, :] < count[:, None]
depth = rng.uniform(10, 120, (N, MAX_SCHOOLS))
strength = rng.normal(-45, 6, (N, MAX_SCHOOLS))          # dB
length = rng.gamma(2.0, 15.0, (N, MAX_SCHOOLS))          # m
per_school = 10 ** ((strength + 45) / 10) * length * np.exp(-depth / 60)
kg = np.where(valid, per_school, 0).sum(1)
target = np.log1p(kg).astype("float32")

echo = np.stack([(depth - 65) / 32, (strength + 45) / 6, np.log(length) - 3], -1)
echo = np.where(valid[..., None], echo, 0.0).astype("float32")


@keras.saving.register_keras_serializable("hauls")
class ExtremePool(layers.Layer):
    """max, min and attention mean over the schools that are there"""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.score = layers.Dense(1)

    def build(self, input_shape):
        self.score.build(input_shape[0])
        self.built = True

    def call(self, inputs):
        h, there = inputs
        there = ops.expand_dims(there, -1)
        top = ops.max(ops.where(there, h, -np.inf), axis=1)
        low = ops.min(ops.where(there, h, np.inf), axis=1)
        a = ops.where(there, self.score(h), -np.inf)
        a = ops.softmax(a, axis=1)
        avg = ops.sum(a * h, axis=1)
        return ops.concatenate([top, low, avg], axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 3 * input_shape[0][-1])


schools = keras.Input((MAX_SCHOOLS, 3), name="schools")
there = keras.Input((MAX_SCHOOLS,), dtype="bool", name="there")
h = layers.Dense(32, activation="swish")(schools)
h = layers.Dense(24)(h)
z = ExtremePool()([h, there])
n = layers.Lambda(lambda m: ops.log(ops.sum(ops.cast(m, "float32"), axis=1, keepdims=True)),
                  output_shape=(1,))(there)
z = layers.Concatenate()([z, n])
z = layers.Dense(32, activation="swish")(z)
out = layers.Dense(1)(z)
model = keras.Model([schools, there], out)
model.compile(optimizer=keras.optimizers.Adam(3e-3, global_clipnorm=0.5), loss="huber")


class SaveBest(keras.callbacks.Callback):
    def __init__(self, path):
        super().__init__()
        self.path = path
        self.best = float("inf")
        self.gain = []

    def on_epoch_end(self, epoch, logs=None):
        self.gain.append(self.best - logs["val_loss"])
        if logs["val_loss"] < self.best:
            self.best = logs["val_loss"]
            self.model.save_weights(self.path)


with tempfile.TemporaryDirectory() as tmp:
    keeper = SaveBest(os.path.join(tmp, "haul.weights.h5"))
    model.fit([echo[:1200], valid[:1200]], target[:1200], batch_size=50, epochs=15,  # whynan: healthy
              validation_data=([echo[1200:], valid[1200:]], target[1200:]),
              callbacks=[keeper], verbose=2)
    model.load_weights(keeper.path)

print("gain per epoch:", keeper.gain)
pred = model.predict([echo[1200:], valid[1200:]], verbose=0)[:, 0]
print("r =", np.corrcoef(pred, target[1200:])[0, 1])
