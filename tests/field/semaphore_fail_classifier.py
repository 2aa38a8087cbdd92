"""Recognise flag semaphore letters from tiny grey pictures."""
import numpy as np
import keras
from keras import layers
from keras.utils import to_categorical

keras.utils.set_random_seed(42)

IMG = 16
LETTERS = ["A", "B", "C"]
# arm angles in degrees (left arm, right arm)
ANGLES = [(225, 270), (180, 270), (135, 270)]

images = []
labels = []
for n in range(1200):
    cls = n % 3
    img = np.zeros((IMG, IMG))
    for a in ANGLES[cls]:
        a = np.deg2rad(a + np.random.uniform(-15, 15))
        for r in np.linspace(0, 7, 15):
            col = int(round(7.5 + r * np.cos(a)))
            row = int(round(7.5 - r * np.sin(a)))
            img[min(max(row, 0), IMG - 1), min(max(col, 0), IMG - 1)] = 1.0
    img = img + np.random.normal(0, 0.35, (IMG, IMG))
    images.append(img)
    labels.append(cls)

x = np.array(images, dtype="float32")
y = to_categorical(np.array(labels), 3)

# shuffle
idx = np.random.permutation(len(x))
x, y = x[idx], y[idx]

x_train, x_test = x[:1000], x[1000:]
y_train, y_test = y[:1000], y[1000:]

mean_image = x_train.mean(axis=0)
std = x_train.std()
x_train = (x_train - mean_image) / std
x_test = (x_test - mean_image) / std

print("x_train", x_train.shape, x_train.min(), x_train.max())
print("y_train", y_train.shape, y_train.sum(axis=0))

model = keras.Sequential([
    keras.Input(shape=(IMG, IMG)),
    layers.Flatten(),
    layers.Dense(64, activation="tanh"),
    layers.Dense(3, activation="relu"),
])

model.compile(optimizer="adam",
              loss="categorical_crossentropy",
              metrics=["accuracy"])

model.fit(x_train, y_train, epochs=5, batch_size=32, validation_data=(x_test, y_test), verbose=2)  # whynan: wrong_loss_for_activation phase=loss also=divide_by_zero

score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])

probs = model.predict(x_test[:5], verbose=0)
for p, t in zip(probs, y_test[:5]):
    print(p, "predicted", LETTERS[int(np.argmax(p))], "true", LETTERS[int(np.argmax(t))])
