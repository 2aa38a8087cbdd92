"""Disease progression after one year, regression on the diabetes table.

I copied the warm-up callback from a colleague who trains transformers: ten epochs from 0.001 up to 0.01, then a slow
decay. The first five epochs look normal, the loss goes down. Somewhere around epoch seven it becomes astronomically
large and then it is nan for the rest of the run. A rate of 0.01 without the callback trains fine for 200 epochs.
"""
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(12)

START_RATE = 1e-3
WARMUP_EPOCHS = 10
EPOCHS = 20


def load():
    frame, target = load_diabetes(as_frame=True, scaled=False, return_X_y=True)
    frame["map_per_bmi"] = frame["bp"] / frame["bmi"]
    x_train, x_val, y_train, y_val = train_test_split(frame, target, test_size=0.2, random_state=5)

    scaler = StandardScaler().fit(x_train)
    mean, std = y_train.mean(), y_train.std()
    return (
        scaler.transform(x_train).astype("float32"),
        ((y_train - mean) / std).to_numpy("float32"),
        scaler.transform(x_val).astype("float32"),
        ((y_val - mean) / std).to_numpy("float32"),
    )


def warmup_then_decay(epoch, lr):
    """Linear ramp over the first epochs, afterwards three percent less every epoch."""
    if epoch < WARMUP_EPOCHS:
        return lr * (epoch + 1)
    return lr * 0.97


def build(n_features):
    return keras.Sequential(
        [
            keras.Input((n_features,)),
            keras.layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            keras.layers.Dense(16, activation="relu", kernel_initializer="he_normal"),
            keras.layers.Dense(1),
        ],
        name="progression",
    )


def main():
    x_train, y_train, x_val, y_val = load()
    assert np.isfinite(x_train).all() and np.isfinite(y_train).all()

    model = build(x_train.shape[1])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=START_RATE),
        loss="mse",
        metrics=["mae"],
    )
    history = model.fit(x_train, y_train, batch_size=32, epochs=EPOCHS, verbose=2, validation_data=(x_val, y_val), callbacks=[keras.callbacks.LearningRateScheduler(warmup_then_decay)])  # whynan: learning_rate_too_high phase=forward|loss|gradient|update also=exploding_gradient,lr_schedule_invalid

    print("best validation loss", np.nanmin(history.history["val_loss"]))
    print("last training loss", history.history["loss"][-1])


if __name__ == "__main__":
    main()
