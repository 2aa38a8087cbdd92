import math

import numpy as np
import keras

"""
Burn tests of candles: recipe + wick -> log of the wax burnt in four hours.
Scale readings (g) before and after the test come straight from the lab list.
"""

keras.utils.set_random_seed(19)


class BurnTests(keras.utils.PyDataset):
    def __init__(self, recipe, before, after, batch_size=32, seed=0, **kwargs):
        super().__init__(**kwargs)
        self.recipe = recipe
        self.before = before
        self.after = after
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)

    def __len__(self):
        return math.ceil(len(self.recipe) / self.batch_size)

    def __getitem__(self, i):
        part = slice(i * self.batch_size, (i + 1) * self.batch_size)
        burnt = self.before[part] - self.after[part]
        target = np.log(burnt)  # whynan: nan_in_label phase=data also=log_of_negative
        return self.recipe[part].copy(), target[:, None]

    def on_epoch_end(self):
        for column in (self.recipe, self.before, self.after):
            self.rng.shuffle(column)


def lab_list(n, rng):
    soy = rng.uniform(0, 1, n)
    stearin = rng.uniform(0, 0.2, n)
    fragrance = rng.uniform(0.02, 0.1, n)
    wick_mm = rng.choice([1.4, 1.8, 2.2, 2.6], n)
    diameter_mm = rng.choice([50.0, 60.0, 70.0, 80.0], n)
    draught = rng.gamma(2.0, 0.1, n)
    before = rng.normal(210.0, 35.0, n).clip(120, 320)
    per_hour = 3.2 * wick_mm * (1 + 0.4 * draught) * (1 - 0.25 * soy) * (1 + 0.8 * fragrance)
    per_hour *= (diameter_mm / 60.0) ** 0.3
    burnt = 4 * per_hour * np.exp(rng.normal(0, 0.06, n))
    after = before - burnt
    recipe = np.stack([soy, stearin, fragrance, wick_mm, diameter_mm, draught], axis=1)
    recipe = (recipe - recipe.mean(axis=0)) / recipe.std(axis=0)
    return recipe.astype("float32"), before.astype("float32"), after.astype("float32")


rng = np.random.default_rng(19)
recipe, before, after = lab_list(1400, rng)
cut = 1120

train = BurnTests(recipe[:cut], before[:cut], after[:cut], seed=1)
x_test = recipe[cut:]
y_test = np.log(before[cut:] - after[cut:])[:, None]

model = keras.Sequential([
    keras.layers.Input((6,)),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(32, activation="swish"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="mse")
model.fit(train, epochs=8, verbose=2)

pred = model.predict(x_test, verbose=0)
print("relative error of burnt wax:", float(np.mean(np.abs(np.exp(pred - y_test) - 1))))
