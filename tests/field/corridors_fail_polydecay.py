"""Monocular depth in corridors for the cleaning robot: predict log depth, L1 loss, poly learning rate."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(66)

H, W = 16, 24
EPOCHS = 8
BATCH = 32


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """DeepLab's schedule: lr * (1 - step / total) ** power"""

    def __init__(self, initial, total, power=0.9):
        self.initial = initial
        self.total = float(total)
        self.power = power

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return self.initial * tf.pow(1.0 - step / self.total, self.power)  # whynan: lr_schedule_invalid phase=update

    def get_config(self):
        return {"initial": self.initial, "total": self.total, "power": self.power}


def corridor_scene(rng):
    yy, xx = np.mgrid[0:H, 0:W]
    vx, vy = W / 2 + rng.normal(0, 4), H / 2 + rng.normal(0, 2)
    radius = np.maximum(np.abs(xx - vx) / (W / 2), np.abs(yy - vy) / (H / 2))
    far = rng.uniform(6, 18)
    depth = np.clip(1.2 / (radius + 1.2 / far), 0.5, far)
    lamp = 0.15 * np.sin(depth * rng.uniform(1.0, 2.0))
    image = 1.0 / (1.0 + 0.25 * depth) + lamp + rng.normal(0, 0.02, (H, W))
    return image, depth


def scenes(n, seed):
    rng = np.random.default_rng(seed)
    pairs = [corridor_scene(rng) for _ in range(n)]
    images = np.array([p[0] for p in pairs], "float32")[..., None]
    depths = np.array([p[1] for p in pairs], "float32")[..., None]
    return images, depths


def network():
    inp = keras.Input((H, W, 1))
    a = layers.Conv2D(8, 3, padding="same", activation="relu")(inp)
    b = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(a)
    c = layers.Conv2D(16, 3, padding="same", activation="relu")(b)
    up = layers.UpSampling2D()(c)
    d = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.Concatenate()([up, a]))
    return keras.Model(inp, layers.Conv2D(1, 3, padding="same")(d))


def main():
    images, depths = scenes(500, seed=1)
    log_depth = np.log(depths)
    steps = EPOCHS * (len(images) // BATCH)
    model = network()
    model.compile(
        optimizer=keras.optimizers.SGD(PolyDecay(0.02, steps), momentum=0.9),
        loss="mean_absolute_error",
    )
    model.fit(images, log_depth, batch_size=BATCH, epochs=EPOCHS, verbose=2)

    test_images, test_depths = scenes(50, seed=2)
    guess = np.exp(model.predict(test_images, verbose=0))
    ratio = np.maximum(guess / test_depths, test_depths / guess)
    print("delta < 1.25:", float((ratio < 1.25).mean()))


if __name__ == "__main__":
    main()
