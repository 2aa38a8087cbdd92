"""Grid search of the weight penalty with stratified folds (the sklearn C was 0.02, so 1/C = 50)."""
import argparse

import keras
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler


def parse_args():
    p = argparse.ArgumentParser()
    p.add_argument("--grid", type=float, nargs="+", default=[1e-4, 1e-2, 50.0])
    p.add_argument("--folds", type=int, default=2)
    p.add_argument("--epochs", type=int, default=4)
    p.add_argument("--lr", type=float, default=0.1)
    return p.parse_args()


def penalised_dense(units, strength, activation=None):
    return keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.l2(strength))


def build(n_in, n_classes, strength, lr):
    model = keras.Sequential([
        keras.Input((n_in,)),
        penalised_dense(32, strength, "tanh"),
        penalised_dense(16, strength, "tanh"),
        penalised_dense(n_classes, strength, "softmax"),
    ])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def evaluate(strength, X, y, args):
    scores = []
    folds = StratifiedKFold(args.folds, shuffle=True, random_state=0)
    for train, test in folds.split(X, y):
        keras.utils.set_random_seed(5)
        scaler = StandardScaler().fit(X[train])
        model = build(X.shape[1], len(np.unique(y)), strength, args.lr)
        model.fit(scaler.transform(X[train]), y[train], epochs=args.epochs, batch_size=20, verbose=0)  # whynan: regularization_too_large phase=update|loss|forward|gradient also=exploding_gradient,learning_rate_too_high
        scores.append(model.evaluate(scaler.transform(X[test]), y[test], verbose=0)[1])
    return float(np.mean(scores))


def main():
    args = parse_args()
    X, y = make_classification(
        n_samples=1000, n_features=15, n_informative=8, n_classes=3, random_state=3
    )
    X = X.astype("float32")
    for strength in args.grid:
        print(f"l2={strength:<8g} accuracy={evaluate(strength, X, y, args):.3f}")


if __name__ == "__main__":
    main()
