# Tear strength of satin ribbons from the settings of the loom.
# One batch at a time, the way the data will come in from the mill.
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(93)
rng = np.random.default_rng(93)

COLUMNS = ["warp_tension", "weft_tension", "pick_density", "yarn_dtex", "speed",
           "humidity", "heat_set", "dye_time", "width", "age_of_reed"]


def mill(n):
    z = rng.normal(0, 1, (n, len(COLUMNS)))
    strength = (42 + 5 * z[:, 0] + 3 * z[:, 1] - 2.5 * z[:, 0] * z[:, 2]
                + 4 * np.tanh(z[:, 3]) - 2 * np.abs(z[:, 6]) + rng.normal(0, 1.5, n))
    return z, strength


settings, strength = mill(1500)
mean, std = strength.mean(), strength.std()
X = settings.astype("float32")
y = ((strength - mean) / std).astype("float32")[:, None]
X_test, y_test = X[1250:], y[1250:]
X, y = X[:1250], y[:1250]

model = keras.Sequential([
    keras.Input((len(COLUMNS),)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=4.0, clipnorm=1.0), loss="mse")

BATCH = 50
EPOCHS = 12
print("mse when always predicting the mean:", float(y.var()))

for epoch in range(EPOCHS):
    order = rng.permutation(len(X))
    losses = []
    for start in range(0, len(X), BATCH):
        rows = order[start:start + BATCH]
        losses.append(float(model.train_on_batch(X[rows], y[rows])))  # whynan: unstable
    print(f"epoch {epoch + 1:2d}/{EPOCHS}   loss {np.mean(losses):8.3f}   "
          f"best batch {min(losses):8.3f}   worst batch {max(losses):8.3f}")

pred = model.predict(X_test, verbose=0)
print("test mse:", float(np.mean((pred - y_test) ** 2)))
print("mean tear strength, measured %.1f N, predicted %.1f N"
      % (y_test.mean() * std + mean, pred.mean() * std + mean))
