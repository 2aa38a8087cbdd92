"""Benign or malignant from thirty measurements of the cell nuclei, with a rather deep residual network.

I print the length of the residual stream after every few blocks. It goes from about 7 at the entrance to well over a
hundred at the last block, and it stays like that, so that my alarm (more than ten times the entrance)
goes off in every single epoch. In the first epoch nothing is learned at all. Is this going to blow up if I train longer?
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

# whynan: healthy
keras.utils.set_random_seed(30)

WIDTH, BLOCKS, PEAK, EPOCHS = 48, 12, 1e-3, 20


def block(x, number):
    branch = layers.LayerNormalization(name=f"norm_{number}")(x)
    branch = layers.Dense(4 * WIDTH, activation="gelu", name=f"wide_{number}")(branch)
    branch = layers.Dense(
        WIDTH, kernel_initializer=keras.initializers.RandomNormal(stddev=1.0), name=f"back_{number}"
    )(branch)
    return layers.Add(name=f"stream_{number}")([x, branch])


def build(features):
    inputs = keras.Input((features,))
    x = layers.Dense(WIDTH, name="entrance")(inputs)
    streams = [x]
    for number in range(1, BLOCKS + 1):
        x = block(x, number)
        streams.append(x)
    logit = layers.Dense(1, name="malignant")(layers.LayerNormalization(name="last_norm")(x))
    return keras.Model(inputs, logit), keras.Model(inputs, streams)


class StreamAlarm(keras.callbacks.Callback):
    def __init__(self, probe, rows, times=10.0):
        super().__init__()
        self.probe, self.rows, self.times = probe, rows, times

    def on_epoch_end(self, epoch, logs=None):
        lengths = [float(tf.reduce_mean(tf.norm(s, axis=-1))) for s in self.probe(self.rows, training=False)]
        shown = " ".join(f"{value:7.1f}" for value in lengths[::3])
        ratio = lengths[-1] / lengths[0]
        verdict = f"EXPLODING? x{ratio:.0f}" if ratio > self.times else "ok"
        print(f"   stream {shown}   {verdict}")


def ramp(epoch, rate):
    return PEAK * min(epoch, 3) / 3.0


x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=3)
mean, spread = x_train.mean(axis=0), x_train.std(axis=0)
x_train = ((x_train - mean) / spread).astype("float32")
x_test = ((x_test - mean) / spread).astype("float32")
y_train, y_test = y_train.astype("float32")[:, None], y_test.astype("float32")[:, None]

model, probe = build(x_train.shape[1])
model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=PEAK, weight_decay=0.01, clipnorm=1.0),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")],
    jit_compile=False,
)
model.fit(
    x_train, y_train, validation_data=(x_test, y_test), batch_size=32, epochs=EPOCHS, verbose=2,
    callbacks=[keras.callbacks.LearningRateScheduler(ramp), StreamAlarm(probe, x_train[:128])],
)
