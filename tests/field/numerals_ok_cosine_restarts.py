"""Hand-written numerals from forms that were typed in hastily (some labels are wrong), SGD with warm restarts.

The loss falls, then jumps up again within one epoch, and the validation accuracy drops with it; this happens twice.
Between the jumps everything looks good. Is this run falling apart?
"""
# whynan: healthy
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SETTINGS = {
    "peak_rate": 0.1,
    "momentum": 0.9,
    "first_cycle_epochs": 3,
    "cycle_growth": 2.0,
    "epochs": 21,          # 3 + 6 + 12: ends in the valley of the third cycle
    "batch": 64,
    "wrong_labels": 0.08,
}


class RateLog(keras.callbacks.Callback):
    """Writes down the rate at the end of every epoch next to the loss."""

    def __init__(self):
        super().__init__()
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)))


def forms(rng):
    images, digits = load_digits(return_X_y=True)
    images = (images / 16.0).astype("float32")
    x, x_val, y, y_val = train_test_split(images, digits, test_size=0.2, random_state=4, stratify=digits)
    hasty = rng.random(len(y)) < SETTINGS["wrong_labels"]
    y = np.where(hasty, rng.integers(0, 10, len(y)), y)
    return x, y, x_val, y_val


def reader():
    image = keras.Input((64,))
    h = layers.Dense(96, activation="tanh")(image)
    h = layers.Dropout(0.1)(h)
    h = layers.Dense(48, activation="tanh")(h)
    return keras.Model(image, layers.Dense(10)(h))


def main():
    keras.utils.set_random_seed(4)
    x, y, x_val, y_val = forms(np.random.default_rng(4))
    per_epoch = int(np.ceil(len(x) / SETTINGS["batch"]))
    rate = keras.optimizers.schedules.CosineDecayRestarts(
        SETTINGS["peak_rate"], SETTINGS["first_cycle_epochs"] * per_epoch, t_mul=SETTINGS["cycle_growth"], m_mul=1.0,
        alpha=0.001)
    model = reader()
    model.compile(optimizer=keras.optimizers.SGD(rate, momentum=SETTINGS["momentum"], nesterov=True),
                  loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    log = RateLog()
    history = model.fit(x, y, validation_data=(x_val, y_val), batch_size=SETTINGS["batch"], epochs=SETTINGS["epochs"],
                        callbacks=[log], verbose=0).history
    for epoch, (lr, loss, acc) in enumerate(zip(log.rates, history["loss"], history["val_accuracy"])):
        print(f"epoch {epoch:2d}  rate {lr:.5f}  loss {loss:.4f}  validation accuracy {acc:.3f}")


if __name__ == "__main__":
    main()
