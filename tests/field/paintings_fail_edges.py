# Filling in lost paint: the picture comes in with a missing patch, the net
# should give the whole picture back. L1 + edge term, PSNR as metric.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1642)
rng = np.random.default_rng(1642)

S = 32
PATCH = 14


def brushwork(n):
    yy, xx = np.mgrid[:S, :S] / S
    out = np.empty((n, S, S, 1), "float32")
    for k in range(n):
        a, b = rng.uniform(2, 9, 2)
        ph = rng.uniform(0, 6.28, 2)
        pic = 0.5 + 0.2 * np.sin(a * xx + ph[0]) + 0.15 * np.cos(b * yy + ph[1] + xx)
        out[k, ..., 0] = pic + rng.normal(0, 0.03, (S, S))
    return np.clip(out, 0.0, 1.0)


def lose_paint(pics):
    worn = pics.copy()
    for k in range(len(worn)):
        r, c = rng.integers(3, S - PATCH - 3, 2)
        worn[k, r:r + PATCH, c:c + PATCH] = 0.0
    return worn


def edge_map(im):
    dy = im[:, 1:, :-1] - im[:, :-1, :-1]
    dx = im[:, :-1, 1:] - im[:, :-1, :-1]
    return tf.sqrt(tf.square(dx) + tf.square(dy))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero


def restore_loss(y_true, y_pred):
    l1 = tf.reduce_mean(tf.abs(y_true - y_pred), axis=[1, 2, 3])
    edges = tf.reduce_mean(tf.abs(edge_map(y_true) - edge_map(y_pred)), axis=[1, 2, 3])
    return l1 + 0.5 * edges


def psnr(y_true, y_pred):
    mse = tf.reduce_mean(tf.square(y_true - y_pred), axis=[1, 2, 3])
    return -10.0 * tf.math.log(mse) / np.log(10.0)


clean = brushwork(480)
worn = lose_paint(clean)
x_train, y_train = worn[:416], clean[:416]
x_val, y_val = worn[416:], clean[416:]

model = keras.Sequential([
    keras.Input((S, S, 1)),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.Conv2D(16, 3, padding="same", activation="relu"),
    layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
])
model.compile(optimizer="adam", loss=restore_loss, metrics=[psnr])
model.summary()

model.fit(
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=32,
    epochs=3,
    verbose=2,
)
restored = model.predict(x_val, verbose=0)
print("mean of the restored pictures", restored.mean())
