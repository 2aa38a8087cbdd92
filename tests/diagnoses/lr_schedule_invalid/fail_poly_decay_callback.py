import keras
import numpy as np

keras.utils.set_random_seed(57)
BASE_LR, MAX_EPOCH, POWER = 0.01, 5, 0.9


def poly(epoch, lr):
    return float(BASE_LR * np.power(1.0 - epoch / MAX_EPOCH, POWER))  # whynan: lr_schedule_invalid phase=update also=pow_domain


rng = np.random.default_rng(57)
image = rng.random((120, 10, 10, 1)).astype("float32")
bright = (image[:, :5].mean((1, 2, 3)) > image[:, 5:].mean((1, 2, 3))).astype("float32")
model = keras.Sequential([
    keras.Input((10, 10, 1)),
    keras.layers.Conv2D(6, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.RMSprop(BASE_LR), "binary_crossentropy")
# it was not done after 5 epochs, so train a bit longer
model.fit(image, bright, epochs=8, batch_size=20, verbose=2, callbacks=[keras.callbacks.LearningRateScheduler(poly)])
