"""Orchid hybrids by flower measurements.

The first layer has 64 units and the histogram shows that 32 of them are exactly zero for
every flower, with exactly zero gradients in half of the kernel, from the first step until the
last. We keep them in reserve for a later phase. Does that spoil the training?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(5)

HYBRIDS = ["cattleya", "miltonia", "vanda"]
CENTRES = np.array(
    [  # lip length, lip width, petal length, petal width, spur, scape (cm)
        [5.1, 4.2, 7.4, 5.0, 0.8, 18.0],
        [4.0, 4.4, 4.1, 2.2, 0.4, 31.0],
        [2.2, 1.6, 4.6, 3.9, 1.9, 42.0],
    ]
)
SPREAD = np.array([0.6, 0.5, 0.7, 0.5, 0.2, 5.0])


def greenhouse(n_each, rng):
    x = np.concatenate([c + SPREAD * rng.normal(size=(n_each, 6)) for c in CENTRES])
    y = np.repeat(np.arange(len(HYBRIDS)), n_each)
    order = rng.permutation(len(y))
    return x[order].astype("float32"), y[order].astype("int32")


def half_in_reserve(shape, dtype=None):
    bias = np.zeros(shape, dtype="float32")
    bias[shape[0] // 2:] = -40.0
    return keras.ops.convert_to_tensor(bias, dtype=dtype)


class Awake(keras.callbacks.Callback):
    def __init__(self, hidden, x):
        super().__init__()
        self.hidden, self.x = hidden, x

    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5:
            return
        activity = self.hidden(self.x).numpy()
        asleep = int((activity.max(axis=0) == 0).sum())
        print(f"epoch {epoch}: loss {logs['loss']:.4f}, {asleep} of {activity.shape[1]} units never fire")


x, y = greenhouse(200, np.random.default_rng(5))
x = (x - x.mean(axis=0)) / x.std(axis=0)
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(600, seed=5).batch(30)

inputs = keras.Input((6,))
h = keras.layers.Dense(64, activation="relu", bias_initializer=half_in_reserve, name="measures")(inputs)
outputs = keras.layers.Dense(len(HYBRIDS), name="hybrid")(h)
model = keras.Model(inputs, outputs)
hidden = keras.Model(inputs, h)

model.compile(
    optimizer=keras.optimizers.SGD(0.05, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train, epochs=16, verbose=0, callbacks=[Awake(hidden, x)])
loss, accuracy = model.evaluate(x, y, verbose=0)
print(f"final loss {loss:.4f}, accuracy {accuracy:.3f}")
