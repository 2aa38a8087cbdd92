"""Handwritten numerals, small convolutional net; moved from the eight-GPU server to my laptop.

On the server (batch 1024) it trains to 98 %. On the laptop I use batch 64 and adapt the hyperparameters to the batch size
as recommended, square root for the rate and a power for the Adam coefficients. Now the accuracy stays at 10 % and the
loss is nan from the second batch on. I have tried ten times smaller learning rates, which does not change anything.
"""
import math

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

REFERENCE = {
    "batch_size": 512,
    "learning_rate": 2e-3,
    "beta_1": 0.9,
    "beta_2": 0.999,
    "epsilon": 1e-8,
}
LAPTOP = {"batch_size": 64, "epochs": 4, "seed": 3, "dropout": 0.2}


def hyperparameters_for(batch_size, reference=REFERENCE):
    """Keep the optimizer's time constants the same in examples rather than in steps."""
    ratio = batch_size / reference["batch_size"]
    exponent = batch_size // reference["batch_size"]
    return {
        "learning_rate": reference["learning_rate"] * math.sqrt(ratio),
        "beta_1": reference["beta_1"] ** exponent,
        "beta_2": reference["beta_2"] ** exponent,
        "epsilon": reference["epsilon"],
    }


def conv_stage(x, filters):
    x = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Activation("relu")(x)
    return keras.layers.MaxPooling2D()(x)


def build(dropout):
    image = keras.Input((8, 8, 1))
    x = conv_stage(image, 16)
    x = conv_stage(x, 32)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(x))


def main(config):
    keras.utils.set_random_seed(config["seed"])
    digits = load_digits()
    images = (digits.images[..., np.newaxis] / 16.0).astype("float32")
    x_train, x_test, y_train, y_test = train_test_split(
        images, digits.target, test_size=0.25, stratify=digits.target, random_state=config["seed"]
    )

    model = build(config["dropout"])
    model.compile(
        optimizer=keras.optimizers.Adam(**hyperparameters_for(config["batch_size"])),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, batch_size=config["batch_size"], epochs=config["epochs"], verbose=2)  # whynan: divide_by_zero phase=update also=optimizer_setting_invalid,lr_schedule_invalid
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"test loss {loss:.4f}, accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main(LAPTOP)
