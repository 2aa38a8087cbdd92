"""Days of sick leave from a wellbeing questionnaire of 60 items, a plain linear model with Lion.

Before training the loss is a small number, then it jumps to hundreds and never comes back below
that; it hops up and down from epoch to epoch. No NaN, it is just hopeless.
"""
# whynan: unstable
import json

import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(60)

# all rates in our settings files are noted in thousandths
SETTINGS = json.loads(
    """
    {
        "optimizer": {"name": "lion", "rate": 1.0, "beta_1": 0.9, "beta_2": 0.99},
        "batch": 48,
        "epochs": 12
    }
    """
)


def questionnaire(n=960, items=60):
    rng = np.random.default_rng(60)
    mood = rng.normal(size=(n, 1))
    item_noise = rng.normal(size=(n, items))
    answers = np.clip(np.round(4 + 1.2 * mood + 1.2 * item_noise), 1, 7)
    days = 9 - 3.0 * mood[:, 0] + 0.8 * item_noise[:, 0] + rng.normal(0, 2.0, n)
    return answers, np.clip(np.round(days), 0, None)


def make_optimizer(settings):
    if settings["name"] == "lion":
        return keras.optimizers.Lion(
            learning_rate=settings["rate"], beta_1=settings["beta_1"], beta_2=settings["beta_2"]
        )
    return keras.optimizers.SGD(learning_rate=settings["rate"])


answers, days = questionnaire()
x = StandardScaler().fit_transform(answers).astype("float32")
y = StandardScaler().fit_transform(days[:, None]).astype("float32")

model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(1)])
model.compile(optimizer=make_optimizer(SETTINGS["optimizer"]), loss="mse")
print(f"before training: loss {model.evaluate(x, y, verbose=0):.2f}")

history = model.fit(
    x, y, batch_size=SETTINGS["batch"], epochs=SETTINGS["epochs"], shuffle=True, verbose=0
)
for epoch, loss in enumerate(history.history["loss"]):
    print(f"epoch {epoch:2d}  loss {loss:.1f}")
print(f"largest weight {np.abs(model.layers[-1].get_weights()[0]).max():.1f}")
