# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(19)
rng = np.random.default_rng(19)
digit = rng.integers(0, 4, 200)
images = np.zeros((200, 12, 12, 1), "uint8")
for i, d in enumerate(digit):
    images[i, d * 3:d * 3 + 3, 2:10] = rng.integers(150, 256, (3, 8, 1))

model = keras.Sequential([
    keras.Input((12, 12, 1)),
    keras.layers.BatchNormalization(),
    keras.layers.Conv2D(8, 3, activation="relu"),
    keras.layers.Flatten(),
    keras.layers.Dense(4, activation="softmax"),
])
model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images.astype("float32"), digit, epochs=5, batch_size=20, verbose=2)
