"""Linear margin classifier as a baseline, then a small network on the same arrays.

The baseline gets 97 percent. The network's loss falls below zero in the first epoch, which I thought was
impossible, then it is in the millions (negative) and then it is nan.
"""
import keras
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

SEED = 5
keras.utils.set_random_seed(SEED)


def prepare():
    bunch = load_breast_cancer()
    malignant = np.where(bunch.target == 0, 1, -1)
    x_train, x_test, y_train, y_test = train_test_split(
        bunch.data, malignant, test_size=0.2, stratify=malignant, random_state=SEED)
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test), y_train, y_test


def baseline(x_train, x_test, y_train, y_test):
    svm = LinearSVC(C=0.05, max_iter=5000, random_state=SEED).fit(x_train, y_train)
    score = balanced_accuracy_score(y_test, svm.predict(x_test))
    print(f"linear margin: balanced accuracy {score:.3f}")


def network(n_features, width=64, depth=3):
    model = keras.Sequential([keras.Input((n_features,))])
    for _ in range(depth):
        model.add(keras.layers.Dense(width, activation="leaky_relu"))
    model.add(keras.layers.Dense(1))
    return model


x_train, x_test, y_train, y_test = prepare()
baseline(x_train, x_test, y_train, y_test)

model = network(x_train.shape[1])
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(x_train.astype("float32"), y_train.astype("float32"), batch_size=64, epochs=15, verbose=2)  # whynan: label_not_in_unit_interval phase=forward|loss|gradient|update also=label_out_of_range,exploding_gradient,wrong_loss_for_task

logit = model.predict(x_test.astype("float32"), verbose=0)[:, 0]
print("network: balanced accuracy", balanced_accuracy_score(y_test, np.where(logit > 0, 1, -1)))
