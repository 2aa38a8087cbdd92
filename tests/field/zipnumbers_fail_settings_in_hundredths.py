"""Reads the single figures of hand-written postcodes (8x8 scans).

Was fine last year.  Since the settings moved into one table that the whole team can edit, the loss goes below zero in the
first epoch, falls faster and faster and ends as nan.  Accuracy is below guessing, which I do not understand at all: the
scans and the labels are the same files as before.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# shares are in per cent here, the sorting centre prefers whole numbers
SETTINGS = {
    "seed": 17,
    "epochs": 10,
    "batch": 32,
    "rate": 0.02,
    "momentum": 0.9,
    "holdout": 20,
    "dropout": 25,
    "label_smoothing": 10,
    "filters": [16, 32],
    "hidden": 64,
}
CLASSES = 10


def share(name):
    return SETTINGS[name] / 100.0


def load_figures():
    images, figures = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32").reshape(-1, 8, 8, 1)
    assert np.isfinite(images).all() and figures.min() == 0 and figures.max() == 9
    return train_test_split(
        images,
        figures,
        test_size=share("holdout"),
        stratify=figures,
        random_state=SETTINGS["seed"],
    )


def dataset(images, figures, training):
    pairs = tf.data.Dataset.from_tensor_slices((images, figures))
    if training:
        pairs = pairs.shuffle(len(images), seed=SETTINGS["seed"])
    pairs = pairs.map(lambda image, figure: (image, tf.one_hot(figure, CLASSES)))
    return pairs.batch(SETTINGS["batch"]).prefetch(tf.data.AUTOTUNE)


def reader():
    scan = keras.Input((8, 8, 1), name="scan")
    x = scan
    for filters in SETTINGS["filters"]:
        x = layers.Conv2D(filters, 3, padding="same", activation="leaky_relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(SETTINGS["hidden"], activation="leaky_relu")(x)
    x = layers.Dropout(share("dropout"))(x)
    figures = layers.Dense(CLASSES, name="figure")(x)
    return keras.Model(scan, figures, name="postcode_reader")


def main():
    keras.utils.set_random_seed(SETTINGS["seed"])
    train_x, test_x, train_y, test_y = load_figures()
    model = reader()
    criterion = keras.losses.CategoricalCrossentropy(
        from_logits=True,
        label_smoothing=SETTINGS["label_smoothing"],
    )
    model.compile(
        optimizer=keras.optimizers.SGD(
            learning_rate=SETTINGS["rate"], momentum=SETTINGS["momentum"], nesterov=True
        ),
        loss=criterion,
        metrics=["accuracy"],
    )
    train = dataset(train_x, train_y, training=True)
    test = dataset(test_x, test_y, training=False)
    history = model.fit(train, validation_data=test, epochs=SETTINGS["epochs"], verbose=2)  # whynan: label_not_in_unit_interval phase=forward|loss|gradient|update also=wrong_sign_loss,label_out_of_range,exploding_gradient
    print("last loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
