"""Live coral / bleached coral / substrate segmentation on small quadrat crops.

DeepLab-style recipe: SGD with momentum and the "poly" learning rate policy.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(11)

CROP = 24
N_TRAIN = 540
BATCH = 32
EPOCHS = 6
CLASSES = 3


def make_quadrats(n, rng):
    palette = np.array([[0.55, 0.50, 0.40], [0.35, 0.22, 0.15], [0.90, 0.88, 0.85]])
    yy, xx = np.mgrid[0:CROP, 0:CROP]
    images = np.empty((n, CROP, CROP, 3), "float32")
    masks = np.zeros((n, CROP, CROP), "int32")
    for i in range(n):
        for _ in range(rng.integers(1, 5)):
            cy, cx = rng.uniform(0, CROP, 2)
            r = rng.uniform(3, 7)
            blob = (yy - cy) ** 2 + (xx - cx) ** 2 < r ** 2
            masks[i][blob] = rng.integers(1, CLASSES)
        images[i] = palette[masks[i]] + rng.normal(0, 0.08, (CROP, CROP, 3))
    images *= rng.uniform(0.7, 1.1, (n, 1, 1, 1)).astype("float32")
    return np.clip(images, 0, 1), masks


class PolyPolicy(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base_lr, max_iter, power=0.9):
        self.base_lr = base_lr
        self.max_iter = max_iter
        self.power = power

    def __call__(self, step):
        done = ops.cast(step, "float32") / float(self.max_iter)
        return self.base_lr * ops.power(1.0 - done, self.power)  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base_lr": self.base_lr, "max_iter": self.max_iter, "power": self.power}


def build_net():
    inp = keras.Input((CROP, CROP, 3))
    a = layers.Conv2D(16, 3, padding="same", activation="relu")(inp)
    b = layers.MaxPooling2D()(a)
    b = layers.Conv2D(24, 3, padding="same", activation="relu")(b)
    b = layers.Conv2D(24, 3, padding="same", dilation_rate=2, activation="relu")(b)
    b = layers.UpSampling2D(interpolation="bilinear")(b)
    x = layers.Concatenate()([a, b])
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    return keras.Model(inp, layers.Conv2D(CLASSES, 1)(x))


rng = np.random.default_rng(11)
x_train, y_train = make_quadrats(N_TRAIN, rng)
x_val, y_val = make_quadrats(96, rng)

steps_per_epoch = len(x_train) // BATCH
policy = PolyPolicy(0.05, max_iter=EPOCHS * steps_per_epoch)

model = build_net()
model.compile(
    optimizer=keras.optimizers.SGD(policy, momentum=0.9),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(x_val, y_val),
    verbose=2,
)

pred = model.predict(x_val, verbose=0).argmax(-1)
for c, name in enumerate(["substrate", "live", "bleached"]):
    inter = np.sum((pred == c) & (y_val == c))
    union = np.sum((pred == c) | (y_val == c))
    print(f"IoU {name:10s} {inter / union:.3f}")
