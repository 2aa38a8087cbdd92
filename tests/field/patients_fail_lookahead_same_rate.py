"""Homework: compare optimisers on a linear regression of the diabetes data.

Plain SGD converges in a few epochs with my rate, Adam too (a little slower).  The third
row of the table, which should be the fastest one according to the lecture, always reads
"inf" or "nan".  Same data, same model, same rate, everything is standardised.
"""
import keras
import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

RATE = 0.22
EPOCHS = 150


def get_data(seed=3):
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=seed)
    xs = StandardScaler().fit(X_tr)
    ys = StandardScaler().fit(y_tr.to_frame())
    return (
        xs.transform(X_tr).astype("float32"),
        xs.transform(X_te).astype("float32"),
        ys.transform(y_tr.to_frame()).astype("float32"),
        ys.transform(y_te.to_frame()).astype("float32"),
    )


def linear_model(n_features):
    return keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1)])


OPTIMISERS = {
    "sgd": lambda: keras.optimizers.SGD(RATE),
    "adam": lambda: keras.optimizers.Adam(RATE),
    "sgd + nesterov": lambda: keras.optimizers.SGD(RATE, momentum=0.9, nesterov=True),
}


def run(name, data):
    X_tr, X_te, y_tr, y_te = data
    keras.utils.set_random_seed(11)
    model = linear_model(X_tr.shape[1])
    model.compile(optimizer=OPTIMISERS[name](), loss="mse")
    # the lecture uses the whole training set for each step, so do I
    history = model.fit(X_tr, y_tr, batch_size=len(X_tr), epochs=EPOCHS, verbose=0)  # whynan: learning_rate_too_high phase=loss|gradient|update also=exploding_gradient
    curve = history.history["loss"]
    return {
        "optimiser": name,
        "epoch 1": curve[0],
        "epoch 20": curve[19],
        "last": curve[-1],
        "test mse": float(np.mean((model.predict(X_te, verbose=0) - y_te) ** 2)),
    }


if __name__ == "__main__":
    data = get_data()
    table = pd.DataFrame([run(name, data) for name in OPTIMISERS])
    print(table.to_string(index=False))
