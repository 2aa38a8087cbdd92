"""Cracked-shell detector for the macaroon line (tray camera, grey 24x24)."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SIDE = 24
keras.utils.set_random_seed(77)


def capture_session(n=480, seed=77):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:SIDE, :SIDE]
    frames = np.empty((n, SIDE, SIDE, 1), np.uint8)
    cracked = rng.integers(0, 2, n)
    lamp = np.ones(n)
    lamp[[97, 388]] = 0.0
    for i in range(n):
        cy, cx = rng.normal(12, 1, 2)
        shell = 150.0 * (np.hypot(yy - cy, xx - cx) < 9) + 40
        if cracked[i]:
            shell[int(cy) - 1:int(cy) + 1, 5:19] -= 60
        shell += rng.normal(0, 6, shell.shape)
        frames[i, ..., 0] = np.clip(shell * lamp[i], 0, 255)
    return frames, cracked.astype(np.float32)


def prepare(frame, label):
    img = tf.cast(frame, tf.float32)
    mean = tf.reduce_mean(img)
    std = tf.math.reduce_std(img)
    img = (img - mean) / std  # whynan: zero_variance_normalisation phase=data also=divide_by_zero,nan_in_input
    img = tf.image.random_flip_left_right(img, seed=4)
    return img, label[tf.newaxis]


class TrayNet(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


frames, cracked = capture_session()
ds = (tf.data.Dataset.from_tensor_slices((frames, cracked))
      .shuffle(480, seed=12)
      .map(prepare, num_parallel_calls=2)
      .batch(32)
      .prefetch(1))

inputs = keras.Input((SIDE, SIDE, 1))
x = layers.Conv2D(8, 3, strides=2, activation="relu")(inputs)
x = layers.Conv2D(16, 3, strides=2, activation="relu")(x)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(1)(x)

model = TrayNet(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3),
              loss=keras.losses.BinaryCrossentropy(from_logits=True))
model.fit(ds, epochs=4, verbose=2)
