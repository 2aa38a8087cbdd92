"""Age estimation from face crops that lie in folders named after the age."""
import pathlib
import tempfile

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(12)
IMG = 24
BATCH = 16


def write_fake_dataset(root, n=128):
    rng = np.random.default_rng(0)
    for i in range(n):
        age = int(rng.integers(3, 80))
        folder = root / f"{age:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        img = rng.normal(150 - 0.6 * age, 35, (IMG + 4, IMG + 4, 3)).clip(0, 255).astype("uint8")
        tf.io.write_file(str(folder / f"{i:05d}.png"), tf.io.encode_png(img))


def list_samples(root):
    files = sorted(str(p) for p in root.glob("*/*.png"))
    ages = [float(pathlib.Path(f).parent.name) for f in files]
    return files, ages


def load(path, age):
    img = tf.image.decode_png(tf.io.read_file(path), channels=3)
    img = tf.image.resize(img, (IMG, IMG))
    return img, age


def make_dataset(root):
    files, ages = list_samples(root)
    ds = tf.data.Dataset.from_tensor_slices((files, np.array(ages, "float32")))
    ds = ds.shuffle(len(files), seed=1).map(load, num_parallel_calls=tf.data.AUTOTUNE)
    return ds.map(lambda im, a: (tf.image.random_flip_left_right(im), a)).batch(BATCH)


def conv_block(x, filters):
    x = keras.layers.Conv2D(filters, 3, padding="same")(x)
    x = keras.layers.LeakyReLU(negative_slope=0.1)(x)
    return keras.layers.AveragePooling2D(2)(x)


def build():
    inp = keras.Input((IMG, IMG, 3))
    x = conv_block(inp, 8)
    x = conv_block(x, 16)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(32)(x)
    x = keras.layers.LeakyReLU(negative_slope=0.1)(x)
    return keras.Model(inp, keras.layers.Dense(1, name="age")(x))


with tempfile.TemporaryDirectory() as tmp:
    root = pathlib.Path(tmp) / "faces"
    write_fake_dataset(root)
    model = build()
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss="mse", metrics=["mae"])
    model.fit(make_dataset(root), epochs=5, verbose=2)  # whynan: unscaled_input phase=update|forward|loss|gradient also=exploding_gradient,learning_rate_too_high,unscaled_target
