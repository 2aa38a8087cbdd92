"""Which indicator of the car ahead is blinking, left or right? Rear views, 16 x 16, cut out by a tracker.

A child can see it on these pictures, yet the loss sits at 0.69 for all epochs. Added more augmentation, because I read
that it helps small data sets, changed the rate, no difference. No nan anywhere.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)

CONFIG = {"size": 16, "batch": 40, "epochs": 12, "rate": 1e-3}
RIGHT = 1.0


def rear_views(n, seed):
    rng = np.random.default_rng(seed)
    size = CONFIG["size"]
    pictures = np.zeros((n, size, size, 1), "float32") + 0.1
    side = rng.permutation(np.arange(n) % 2).astype("float32")
    body = rng.uniform(0.25, 0.45, n)
    for i in range(n):
        pictures[i, 3:14, 2:14] = body[i]
        pictures[i, 4:7, 4:12] = 0.15
        left, right = (0.55, 1.0) if side[i] == RIGHT else (1.0, 0.55)
        pictures[i, 9:12, 2:5] = left
        pictures[i, 9:12, 11:14] = right
    pictures += rng.normal(0.0, 0.04, pictures.shape).astype("float32")
    return pictures, side[:, None]


def augment(picture, side):
    picture = tf.image.random_flip_left_right(picture, seed=1)
    picture = tf.image.random_brightness(picture, 0.08, seed=2)
    picture = tf.image.random_contrast(picture, 0.9, 1.1, seed=3)
    return picture, side


def pipeline(pictures, side, training):
    ds = tf.data.Dataset.from_tensor_slices((pictures, side))
    if training:
        ds = ds.shuffle(len(pictures), seed=7).map(augment)
    return ds.batch(CONFIG["batch"]).prefetch(1)


def classifier():
    shape = (CONFIG["size"], CONFIG["size"], 1)
    return keras.Sequential([
        keras.Input(shape),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ])


def main():
    train = pipeline(*rear_views(600, seed=10), training=True)
    held_out = pipeline(*rear_views(120, seed=11), training=False)
    model = classifier()
    model.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="binary_crossentropy", metrics=["accuracy"])
    history = model.fit(train, validation_data=held_out, epochs=CONFIG["epochs"], verbose=2)
    print("loss    ", [round(v, 3) for v in history.history["loss"]])
    print("accuracy", [round(v, 2) for v in history.history["accuracy"]])


if __name__ == "__main__":
    main()
