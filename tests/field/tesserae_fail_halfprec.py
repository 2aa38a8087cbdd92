# Classify the glass recipe of mosaic stones from their reflectance curve, mixed precision.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(512)
keras.config.set_dtype_policy("mixed_float16")

RECIPES = 8
BANDS = 40
LOSS_SCALE = 2.0 ** 24


def curves(n, seed):
    rng = np.random.default_rng(seed)
    wl = np.linspace(0, 1, BANDS)
    peaks = np.linspace(0.1, 0.9, RECIPES)
    recipe = rng.integers(0, RECIPES, n)
    width = rng.uniform(0.08, 0.16, (n, 1))
    bump = np.exp(-((wl[None, :] - peaks[recipe][:, None]) / width) ** 2)
    base = rng.uniform(0.1, 0.4, (n, 1))
    refl = base + 0.5 * bump + rng.normal(0, 0.05, (n, BANDS))
    refl = (refl - refl.mean(1, keepdims=True)) / refl.std(1, keepdims=True)
    return refl.astype("float32"), recipe.astype("int32")


x_train, y_train = curves(1280, 1)
x_val, y_val = curves(256, 2)

model = keras.Sequential([
    layers.Input((BANDS,)),
    layers.Dense(64, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(32, activation="relu"),
    layers.Dense(RECIPES),
])

optimizer = keras.optimizers.Adam(learning_rate=1e-3, loss_scale_factor=LOSS_SCALE)
model.compile(
    optimizer=optimizer,
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
    auto_scale_loss=False,
    jit_compile=False,
)
model.summary()

model.fit(  # whynan: loss_scale phase=gradient
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=64,
    epochs=5,
    verbose=2,
)
print(model.evaluate(x_val, y_val, verbose=0, return_dict=True))
