import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(88)
keras.mixed_precision.set_global_policy("mixed_float16")

# Toffee line: four recipes, seven process sensors, recognise the recipe that is
# running so that the packer can print the right wrapper.

RECIPES = ["plain", "salted", "nut", "treacle"]


def sensor_log(n, seed=88):
    rng = np.random.default_rng(seed)
    recipe = rng.integers(0, len(RECIPES), n)
    boil_c = np.array([142, 145, 149, 152])[recipe] + rng.normal(0, 3.0, n)
    stir_rpm = np.array([60, 62, 55, 48])[recipe] + rng.normal(0, 4.0, n)
    sugar = np.array([0.62, 0.60, 0.55, 0.50])[recipe] + rng.normal(0, 0.03, n)
    butter = np.array([0.22, 0.24, 0.20, 0.21])[recipe] + rng.normal(0, 0.02, n)
    viscosity = np.array([3.1, 3.2, 4.4, 5.0])[recipe] + rng.normal(0, 0.5, n)
    colour = np.array([0.40, 0.42, 0.50, 0.80])[recipe] + rng.normal(0, 0.08, n)
    room_c = rng.normal(24, 2, n)
    table = np.stack([boil_c, stir_rpm, sugar, butter, viscosity, colour, room_c], axis=1)
    return table, recipe


table, recipe = sensor_log(2048)
mean, std = table.mean(axis=0), table.std(axis=0)
x = ((table - mean) / std).astype("float32")
y = recipe.astype("int32")

inputs = keras.Input((7,), name="sensors")
h = layers.Dense(64, activation="relu")(inputs)
h = layers.Dropout(0.1)(h)
h = layers.Dense(64, activation="relu")(h)
h = layers.Dense(len(RECIPES))(h)
outputs = layers.Activation("softmax", dtype="float32", name="recipe")(h)
model = keras.Model(inputs, outputs)

optimizer = keras.optimizers.SGD(
    learning_rate=0.05,
    momentum=0.9,
    nesterov=True,
    loss_scale_factor=2.0**24,
)
model.compile(
    optimizer=optimizer,
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    auto_scale_loss=False,
)

stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
history = model.fit(x, y, validation_split=0.2, batch_size=64, epochs=6, callbacks=[stop], verbose=2)  # whynan: loss_scale phase=gradient|update also=float16_overflow

print("best validation accuracy:", max(history.history["val_accuracy"]))
batch = model.predict(x[:4], verbose=0)
for row, true in zip(batch, y[:4]):
    print(RECIPES[true], row.round(3))
