# Which workshop wove it?  Dye and thread measurements of tapestry fragments -> workshop.
import numpy as np
import keras
from keras import layers, ops

SEED = 5
BATCH = 64
EPOCHS = 6
WORKSHOPS = ["Arras", "Tournai", "Brussels", "Aubusson"]


class Poly(keras.optimizers.schedules.LearningRateSchedule):
    """'poly' policy known from segmentation papers: base * (1 - step/total)^power"""

    def __init__(self, base, total, power=0.9):
        self.base = base
        self.total = float(total)
        self.power = power

    def __call__(self, step):
        left = 1.0 - ops.cast(step, "float32") / self.total
        return self.base * left ** self.power  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "total": self.total, "power": self.power}


def fragments(rng, n):
    """warp density, weft density, madder, weld, indigo, silk share, metal thread share"""
    centres = np.array([
        [5.0, 18.0, 0.40, 0.25, 0.35, 0.05, 0.00],
        [5.5, 20.0, 0.35, 0.30, 0.35, 0.12, 0.01],
        [7.5, 28.0, 0.30, 0.30, 0.40, 0.35, 0.06],
        [4.2, 15.0, 0.45, 0.35, 0.20, 0.02, 0.00],
    ])
    spread = np.array([0.7, 2.5, 0.07, 0.06, 0.07, 0.05, 0.02])
    who = rng.integers(0, len(WORKSHOPS), n)
    feats = centres[who] + rng.normal(0, 1, (n, 7)) * spread
    return feats.astype("float32"), who.astype("int32")


def build(n_features, schedule):
    model = keras.Sequential([
        layers.Input((n_features,)),
        layers.Dense(48, activation="relu"),
        layers.Dropout(0.1),
        layers.Dense(24, activation="relu"),
        layers.Dense(len(WORKSHOPS)),
    ])
    model.compile(
        optimizer=keras.optimizers.Adam(schedule),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def main():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    feats, who = fragments(rng, 2500)
    x_train, y_train = feats[:2000], who[:2000]
    x_val, y_val = feats[2000:], who[2000:]

    mean = x_train.mean(axis=0)
    std = x_train.std(axis=0)
    x_train = (x_train - mean) / std
    x_val = (x_val - mean) / std

    steps_per_epoch = len(x_train) // BATCH
    schedule = Poly(4e-3, steps_per_epoch * EPOCHS)
    model = build(x_train.shape[1], schedule)
    history = model.fit(
        x_train,
        y_train,
        batch_size=BATCH,
        epochs=EPOCHS,
        validation_data=(x_val, y_val),
        verbose=2,
    )
    print("best validation accuracy", max(history.history["val_accuracy"]))
    pred = model.predict(x_val, verbose=0).argmax(axis=1)
    for i, name in enumerate(WORKSHOPS):
        print(name, "recall", round(float(np.mean(pred[y_val == i] == i)), 3))


if __name__ == "__main__":
    main()
