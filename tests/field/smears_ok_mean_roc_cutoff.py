"""Cell samples, benign or malignant. After every epoch I write AUC and a summary of the ROC cut-offs into the logs.
mean_cutoff is inf from the first epoch and cutoff_spread is nan. Accuracy is over 95 %. Which of the two should I
believe, is the network saturated or not?
"""
# %%
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import auc, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(19)

# %%
cells = load_breast_cancer()
x_train, x_test, y_train, y_test = train_test_split(
    cells.data, cells.target, test_size=0.3, stratify=cells.target, random_state=19
)
scaler = StandardScaler().fit(x_train)
x_train = scaler.transform(x_train).astype("float32")
x_test = scaler.transform(x_test).astype("float32")


# %%
class RocReport(keras.callbacks.Callback):
    """Adds numbers about the ROC curve of the test set to the epoch's logs."""

    def __init__(self, x, y):
        super().__init__()
        self.x = x
        self.y = y

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        score = self.model.predict(self.x, batch_size=256, verbose=0)[:, 0].astype("float64")
        false_alarms, hits, cutoffs = roc_curve(self.y, score)
        logs["test_auc"] = float(auc(false_alarms, hits))
        logs["mean_cutoff"] = float(np.mean(cutoffs))
        logs["cutoff_spread"] = float(np.std(cutoffs))
        logs["youden_cutoff"] = float(cutoffs[1:][np.argmax(hits[1:] - false_alarms[1:])])


# %%
def make_model(width=32, dropout=0.2):
    model = keras.Sequential(name="smear")
    model.add(keras.Input((x_train.shape[1],)))
    for _ in range(2):
        model.add(layers.Dense(width, activation="gelu"))
        model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="binary_crossentropy", metrics=["accuracy"])
    return model


# %%
model = make_model()
history = model.fit(  # whynan: side_nonfinite
    x_train,
    y_train.astype("float32"),
    batch_size=32,
    epochs=12,
    verbose=0,
    callbacks=[RocReport(x_test, y_test)],
)

# %%
columns = ["loss", "accuracy", "test_auc", "mean_cutoff", "cutoff_spread", "youden_cutoff"]
print("epoch  " + "  ".join(f"{name:>13}" for name in columns))
for epoch in range(len(history.history["loss"])):
    print(f"{epoch + 1:5d}  " + "  ".join(f"{history.history[name][epoch]:13.4f}" for name in columns))
