"""Credit card fraud with class weights (the classic Kaggle table).

The batch loss jumps between 0.05 and more than 30, precision is 0.0000 for the first epochs, and
pandas shows inf in one of my ratios. Something must be exploding, no?
"""
# whynan: healthy
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler


class WorstBatch(keras.callbacks.Callback):
    """Loss of the single batch, not the running mean that the progress bar shows."""

    def on_epoch_begin(self, epoch, logs=None):
        self.previous_sum, self.worst = 0.0, 0.0

    def on_train_batch_end(self, batch, logs=None):
        running = logs["loss"] * (batch + 1)
        self.worst = max(self.worst, running - self.previous_sum)
        self.previous_sum = running

    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: mean {logs['loss']:.3f}, worst batch {self.worst:.2f}")


def transactions(n=6400, frauds=48, seed=284):
    rng = np.random.default_rng(seed)
    components = rng.normal(size=(n, 12))
    label = np.zeros(n, dtype=int)
    label[rng.choice(n, frauds, replace=False)] = 1
    components[label == 1, :5] += rng.normal(2.2, 0.8, (frauds, 5))
    df = pd.DataFrame(components, columns=[f"V{i}" for i in range(1, 13)])
    df["Amount"] = rng.gamma(0.6, 140, n).round(2)
    df["PreviousAmount"] = rng.gamma(0.6, 140, n).round(2)
    df.loc[rng.choice(n, 60, replace=False), "PreviousAmount"] = 0.0
    df["Class"] = label
    return df


def engineer(df):
    df = df.copy()
    df["Ratio"] = df["Amount"] / df["PreviousAmount"]
    print("infinite ratios:", int(np.isinf(df["Ratio"]).sum()))
    df["Ratio"] = df["Ratio"].replace([np.inf, -np.inf], np.nan)
    df["Ratio"] = df["Ratio"].fillna(df["Ratio"].median())
    for column in ("Amount", "PreviousAmount", "Ratio"):
        df[column] = np.log1p(df[column])
    return df


def main():
    keras.utils.set_random_seed(284)
    table = engineer(transactions())
    x, y = table.drop(columns="Class"), table["Class"].to_numpy()
    x_train, x_test, y_train, y_test = train_test_split(x, y, stratify=y, test_size=0.25, random_state=0)
    scaler = RobustScaler().fit(x_train)
    x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

    negative, positive = np.bincount(y_train)
    weights = {0: 1.0, 1: float(negative / positive)}
    print("class weights:", weights)

    model = keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            layers.Dense(24, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(np.log(positive / negative))),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss="binary_crossentropy",
        metrics=[keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall"), keras.metrics.AUC(name="auc")],
    )
    model.fit(
        x_train, y_train, validation_data=(x_test, y_test), class_weight=weights,
        epochs=12, batch_size=64, callbacks=[WorstBatch()], verbose=2,
    )


if __name__ == "__main__":
    main()
