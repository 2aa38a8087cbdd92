# whynan: healthy
# sanity check a la Zhang et al.: the labels are random, the loss has to hang around log(10)=2.30
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)
NUM_CLASSES, N = 10, 2000

rng = np.random.default_rng(99)
images = rng.integers(0, 256, size=(N, 8, 8, 1)).astype("uint8")
labels = rng.integers(0, NUM_CLASSES, size=N)


def preprocess(img, lab):
    img = tf.cast(img, tf.float32) / 255.0
    return tf.image.random_flip_left_right(img, seed=1), lab


ds = (
    tf.data.Dataset.from_tensor_slices((images, labels))
    .shuffle(N, seed=0)
    .repeat()
    .map(preprocess)
    .batch(40)
    .prefetch(2)
)


class Chatty(keras.callbacks.Callback):
    """prints every batch, I like to see it moving"""

    def on_train_batch_end(self, batch, logs=None):
        logs = logs or {}
        print(f"batch {batch:03d} " + " ".join(f"{k}={v:.5f}" for k, v in logs.items()))

    def on_epoch_end(self, epoch, logs=None):
        chance = -np.log(1.0 / NUM_CLASSES)
        print(f"== epoch {epoch} loss {logs['loss']:.4f} (chance level {chance:.4f}) ==")


model = keras.Sequential(
    [
        keras.Input((8, 8, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(NUM_CLASSES),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(1e-2, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(ds, steps_per_epoch=50, epochs=4, callbacks=[Chatty()], verbose=0)
print("loss did not improve, as expected for random labels")
