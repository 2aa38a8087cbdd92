# focal loss for surface defects with MirroredStrategy (only one CPU on this box, two GPUs at work). loss: inf / nan
import functools

import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(62)


def reduced(reduction):
    """decorator: cast, flatten and reduce a per-element loss"""

    def decorate(fn):
        @functools.wraps(fn)
        def wrapper(y_true, y_pred):
            y_true = tf.reshape(tf.cast(y_true, y_pred.dtype), [-1])
            return reduction(fn(y_true, tf.reshape(y_pred, [-1])))

        return wrapper

    return decorate


@reduced(tf.reduce_mean)
def focal(y, p, alpha=0.25, gamma=2.0):
    p_t = y * p + (1.0 - y) * (1.0 - p)
    alpha_t = y * alpha + (1.0 - y) * (1.0 - alpha)
    modulator = tf.square(1.0 - p_t)
    return -alpha_t * modulator * tf.math.log(p_t)  # whynan: log_of_zero phase=loss also=unscaled_input


def camera_images(n=256):
    rng = np.random.default_rng(62)
    defect = rng.integers(0, 2, n)
    img = rng.integers(0, 256, size=(n, 12, 12, 1)).astype("float32")
    img[defect == 1, 4:7, 4:7] = 255.0
    return img, defect.astype("float32")[:, None]


def build_model():
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(6, 3, activation="elu"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def main():
    strategy = tf.distribute.MirroredStrategy()
    print("replicas:", strategy.num_replicas_in_sync)
    x, y = camera_images()
    ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(256, seed=3).batch(32)
    with strategy.scope():
        model = build_model()
        model.compile(optimizer=keras.optimizers.SGD(1e-2), loss=focal)
    model.fit(ds, epochs=3, verbose=2)


if __name__ == "__main__":
    main()
