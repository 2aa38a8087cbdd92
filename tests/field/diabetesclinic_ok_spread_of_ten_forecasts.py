"""Progression score of diabetes patients with a spread from ten forecasts of the dropout network.

The training error is fine, but the report that I write after every block of epochs has been showing
"mean |z| = inf" for the held out patients from the very first block. Does the network blow up?
"""
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(19)


def load():
    x, y = load_diabetes(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=4)
    scale_x = StandardScaler().fit(x_train)
    scale_y = StandardScaler().fit(y_train[:, None])
    return (
        scale_x.transform(x_train).astype("float32"),
        scale_x.transform(x_test).astype("float32"),
        scale_y.transform(y_train[:, None]).astype("float32"),
        scale_y.transform(y_test[:, None]).astype("float32"),
    )


def dropout_network(features, share=0.15):
    model = keras.Sequential(name="progression")
    model.add(keras.Input((features,)))
    for width in (48, 24):
        model.add(keras.layers.Dense(width, activation="relu"))
        model.add(keras.layers.Dropout(share))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer=keras.optimizers.Adam(1.5e-3), loss="mse")
    return model


def forecast(model, x, draws=10):
    samples = np.stack([model.predict(x, verbose=0, batch_size=256)[:, 0] for _ in range(draws)])
    low, middle, high = np.quantile(samples, [0.16, 0.5, 0.84], axis=0)
    return middle, (high - low) / 2.0


def report(model, x, y):
    middle, spread = forecast(model, x)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (y[:, 0] - middle) / spread
    return {
        "rmse": float(np.sqrt(np.mean((y[:, 0] - middle) ** 2))),
        "mean |z|": float(np.mean(np.abs(z))),
        "within one sigma": float(np.mean(np.abs(z) < 1.0)),
        "std of z": float(np.std(z)),
    }


def main():
    x_train, x_test, y_train, y_test = load()
    model = dropout_network(x_train.shape[1])
    rows = []
    for block in range(6):
        history = model.fit(x_train, y_train, epochs=4, batch_size=32, verbose=0)
        rows.append({"train": history.history["loss"][-1], **report(model, x_test, y_test)})
        print(f"block {block}: " + "  ".join(f"{key} {value:.3f}" for key, value in rows[-1].items()))


main()
# whynan: side_nonfinite
