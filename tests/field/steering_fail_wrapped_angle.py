"""Behaviour cloning: steering angle from a (tiny) front camera. Trunk and head are nested models."""
import argparse
import numpy as np
import tensorflow as tf
import keras
from keras import layers


def wrap_difference(a, b):
    # difference of two angles in [0, pi], no problem at +-180 degrees
    cosine = tf.cos(a - b)
    return tf.acos(cosine)  # whynan: acos_grad_at_one phase=gradient also=acos_domain


def steering_loss(y_true, y_pred):
    return tf.reduce_mean(wrap_difference(y_true, y_pred), axis=-1)


def camera_trunk():
    img = keras.Input((12, 24, 1))
    x = layers.Conv2D(8, 3, strides=2, activation="elu")(img)
    x = layers.Flatten()(x)
    x = layers.Dense(32, activation="elu")(x)
    return keras.Model(img, x, name="camera_trunk")


def steering_head(width):
    feat = keras.Input((width,))
    x = layers.Dense(16, activation="tanh")(feat)
    # drive straight until the network knows better
    angle = layers.Dense(1, kernel_initializer="zeros", name="angle")(x)
    return keras.Model(feat, angle, name="steering_head")


def drive_log(n, seed):
    rng = np.random.default_rng(seed)
    angle = np.where(rng.random(n) < 0.6, 0.0, rng.normal(0, 0.3, n))  # joystick dead zone
    columns = np.linspace(-1, 1, 24)
    road = np.exp(-((columns[None] - angle[:, None]) ** 2) / 0.1)
    frames = np.repeat(road[:, None, :], 12, axis=1) + 0.05 * rng.normal(size=(n, 12, 24))
    return frames[..., None].astype("float32"), angle.astype("float32")[:, None]


def main(args):
    keras.utils.set_random_seed(args.seed)
    frames, angles = drive_log(args.frames, args.seed)
    trunk, head = camera_trunk(), steering_head(32)
    camera = keras.Input((12, 24, 1), name="camera")
    pilot = keras.Model(camera, head(trunk(camera)), name="pilot")
    pilot.compile(optimizer="adam", loss=steering_loss)
    pilot.fit(frames, angles, batch_size=32, epochs=args.epochs, validation_split=0.2, verbose=2)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--seed", type=int, default=4)
    p.add_argument("--frames", type=int, default=320)
    p.add_argument("--epochs", type=int, default=3)
    main(p.parse_args())
