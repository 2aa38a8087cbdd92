"""Mine or rock from sonar returns; the labels come from the file that we used for the support vector machine.

The loss goes below zero in the first epoch, then to minus several thousand, then nan. Inputs are standardised and the
outputs are plain logits.
"""
import keras
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

SEED = 6
BANDS = 60


def sonar_returns(n=260):
    rng = np.random.default_rng(SEED)
    mine = rng.random(n) < 0.47
    band = np.linspace(0.0, 1.0, BANDS)
    energy = np.empty((n, BANDS))
    for i, is_mine in enumerate(mine):
        centre = rng.normal(0.42 if is_mine else 0.58, 0.06)
        width = rng.uniform(0.12, 0.2)
        energy[i] = np.exp(-((band - centre) ** 2) / (2 * width**2))
        if is_mine:
            energy[i] += 0.35 * np.exp(-((band - 0.18) ** 2) / 0.004)
        energy[i] *= rng.uniform(0.6, 1.0)
    energy = np.clip(energy + rng.normal(0, 0.05, energy.shape), 0.0, 1.0)
    return energy, np.where(mine, 1, -1)


def baseline(x_train, y_train, x_test, y_test):
    svm = make_pipeline(StandardScaler(), SVC(C=2.0)).fit(x_train, y_train)
    print(f"support vector machine: {svm.score(x_test, y_test):.3f}")


def echo_network(hidden=(64, 64, 32)):
    model = keras.Sequential(name="echo")
    model.add(keras.Input(shape=(BANDS,)))
    for units in hidden:
        model.add(keras.layers.Dense(units, activation="leaky_relu", kernel_initializer="he_normal"))
    model.add(keras.layers.Dense(1))
    return model


def main():
    keras.utils.set_random_seed(SEED)
    x, y = sonar_returns()
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=SEED)
    baseline(x_train, y_train, x_test, y_test)

    scaler = StandardScaler().fit(x_train)
    model = echo_network()
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    model.fit(scaler.transform(x_train), y_train, batch_size=16, epochs=20, verbose=2)  # whynan: label_not_in_unit_interval phase=loss|forward|gradient|update also=exploding_gradient,label_out_of_range,wrong_loss_for_task
    logits = model.predict(scaler.transform(x_test), verbose=0)
    print("network:", float(np.mean(np.sign(logits[:, 0]) == y_test)))


if __name__ == "__main__":
    main()
