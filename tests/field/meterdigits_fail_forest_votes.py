"""Second stage for handwritten meter readings: pixels plus what the old random forest thinks of them.

The forest alone reaches 96 %, the pixels alone 95 %. Both together: loss nan in the first epoch. Log-probabilities because
probabilities of a forest are all so close to the ends.
"""
import numpy as np
import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

keras.utils.set_random_seed(8)


class FirstStage:
    """The forest in production, trained on older readings only, so that nothing leaks."""

    def __init__(self, trees=60):
        self.pipe = make_pipeline(
            MinMaxScaler(),
            RandomForestClassifier(n_estimators=trees, max_features="sqrt", random_state=8, n_jobs=1),
        )

    def fit(self, pixels, digit):
        self.pipe.fit(pixels, digit)
        return self

    def opinion(self, pixels):
        return self.pipe.predict_log_proba(pixels).astype("float32")  # whynan: inf_in_input phase=data also=log_of_zero


def second_stage(classes=10):
    pixels = keras.Input((64,), name="pixels")
    opinion = keras.Input((classes,), name="opinion")
    a = layers.Dense(48, activation="gelu")(pixels)
    b = layers.Dense(16, activation="gelu")(opinion)
    h = layers.Concatenate()([a, b])
    h = layers.Dropout(0.2)(h)
    return keras.Model([pixels, opinion], layers.Dense(classes, name="logits")(h))


def main():
    pixels, digit = load_digits(return_X_y=True)
    old_x, new_x, old_y, new_y = train_test_split(pixels, digit, test_size=0.6, stratify=digit, random_state=8)
    forest = FirstStage().fit(old_x, old_y)
    print("forest alone:", round(forest.pipe.score(new_x, new_y), 3))

    inputs = [(new_x / 16.0).astype("float32"), forest.opinion(new_x)]
    model = second_stage()
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(inputs, new_y.astype("int32"), batch_size=64, epochs=4, validation_split=0.2, verbose=2)


if __name__ == "__main__":
    main()
