# Electricity use of public saunas per opening day - search for the best weight penalty.
import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 404


def load(n=1000):
    rng = np.random.default_rng(SEED)
    df = pd.DataFrame({
        "outside_temp": rng.normal(4, 9, n),
        "visitors": rng.poisson(85, n),
        "opening_hours": rng.choice([6, 8, 10, 12], n),
        "stoves": rng.choice([1, 2, 3], n),
        "set_temp": rng.normal(88, 4, n),
        "wind": rng.gamma(2, 2, n),
        "weekday": rng.integers(0, 7, n),
    })
    df["kwh"] = (
        14 * df.stoves * df.opening_hours
        + 1.5 * (df.set_temp - df.outside_temp) * df.stoves
        + 0.8 * df.visitors
        + 4 * df.wind
        + 25 * (df.weekday >= 5)
        + rng.normal(0, 25, n)
    )
    return pd.get_dummies(df, columns=["weekday"], dtype=float)


class PenaltySearch:
    """Trains one network per candidate and keeps the best by validation error."""

    def __init__(self, candidates, epochs=8):
        self.candidates = candidates
        self.epochs = epochs
        self.table = []
        self.best_model = None

    def build(self, n_features, penalty):
        reg = keras.regularizers.L2(penalty)
        model = keras.Sequential([
            keras.Input((n_features,)),
            keras.layers.Dense(32, activation="tanh", kernel_regularizer=reg),
            keras.layers.Dense(1, kernel_regularizer=reg),
        ])
        model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.03), loss="mse", metrics=["mae"])
        return model

    def search(self, x, y, x_val, y_val):
        best = np.inf
        for penalty in self.candidates:
            keras.utils.set_random_seed(SEED)
            model = self.build(x.shape[1], penalty)
            stopper = keras.callbacks.EarlyStopping(monitor="val_mae", patience=3)
            data = (x_val, y_val)
            fitted = model.fit(x, y, batch_size=32, epochs=self.epochs, validation_data=data, callbacks=[stopper], verbose=0)  # whynan: regularization_too_large phase=loss|forward|gradient|update also=learning_rate_too_high
            mae = min(fitted.history["val_mae"])
            self.table.append({"l2": penalty, "val_mae": mae, "last_loss": fitted.history["loss"][-1]})
            print(f"l2={penalty:<10g} val_mae={mae:.4f}")
            if mae < best:
                best, self.best_model = mae, model
        return pd.DataFrame(self.table)


def main():
    df = load()
    y = df.pop("kwh").to_numpy()
    x = df.to_numpy(dtype="float64")
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, random_state=SEED)
    scaler = StandardScaler().fit(x_train)
    x_train = scaler.transform(x_train).astype("float32")
    x_val = scaler.transform(x_val).astype("float32")
    mean, std = y_train.mean(), y_train.std()
    y_train = ((y_train - mean) / std).astype("float32")
    y_val = ((y_val - mean) / std).astype("float32")

    search = PenaltySearch(np.logspace(-4, 2, 3))
    print(search.search(x_train, y_train, x_val, y_val).sort_values("val_mae").to_string(index=False))


if __name__ == "__main__":
    main()
