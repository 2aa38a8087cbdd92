"""Read the digits of water meters: an encoder learned without labels, then a small head on top of it.

The autoencoder works.  The reader has the very same loss in each and every epoch, to the last digit, accuracy one in
ten.  I tried 1e-4 up to 1e-1 as a rate, it doesn't matter at all.
"""
# whynan: unstable
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(214)


def load_meters():
    images, digits = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    return train_test_split(images, digits, test_size=0.25, random_state=214, stratify=digits)


def build_encoder():
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(24, activation="relu"),
        ],
        name="encoder",
    )


def build_autoencoder(encoder):
    pixels = keras.Input((64,))
    code = encoder(pixels)
    hidden = keras.layers.Dense(64, activation="relu")(code)
    model = keras.Model(pixels, keras.layers.Dense(64, activation="sigmoid")(hidden), name="autoencoder")
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
    return model


def build_reader(encoder, rate):
    pixels = keras.Input((64,))
    hidden = keras.layers.Dense(32, activation="relu")(encoder(pixels))
    model = keras.Model(pixels, keras.layers.Dense(10, activation="softmax")(hidden), name="reader")
    # the encoder has learned from all pictures, leave it alone
    for layer in model.layers:
        layer.trainable = False
    model.compile(
        optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


x_train, x_test, y_train, y_test = load_meters()

encoder = build_encoder()
autoencoder = build_autoencoder(encoder)
history = autoencoder.fit(x_train, x_train, batch_size=64, epochs=8, verbose=0)
print("autoencoder:", [round(value, 4) for value in history.history["loss"]])

reader = build_reader(encoder, rate=1e-2)
reader.fit(x_train, y_train, validation_data=(x_test, y_test), batch_size=64, epochs=10, verbose=2)
