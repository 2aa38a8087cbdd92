"""Cobweb detector for window photos: thread / no thread per pixel (DeepLab-style training recipe)."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(99)
rng = np.random.default_rng(99)

H = W = 32
NUM_TRAIN = 500
BATCH_SIZE = 16
EPOCHS = 8
BASE_LR = 0.02


def web_image():
    img = rng.normal(0.35, 0.06, (H, W))
    img += np.linspace(0, rng.uniform(-0.1, 0.1), W)[None, :]
    mask = np.zeros((H, W))
    cy, cx = rng.uniform(4, H - 4, 2)
    n_spokes = rng.integers(4, 9)
    start = rng.uniform(0, np.pi)
    for k in range(n_spokes):
        ang = start + 2 * np.pi * k / n_spokes
        for r in np.arange(0, 30, 0.5):
            y, x = int(cy + r * np.sin(ang)), int(cx + r * np.cos(ang))
            if 0 <= y < H and 0 <= x < W:
                mask[y, x] = 1
    for radius in (4, 8, 12):
        for t in np.linspace(0, 2 * np.pi, 70):
            y, x = int(cy + radius * np.sin(t)), int(cx + radius * np.cos(t))
            if 0 <= y < H and 0 <= x < W:
                mask[y, x] = 1
    img = img + mask * rng.uniform(0.25, 0.45)
    return np.clip(img, 0, 1), mask


pairs = [web_image() for _ in range(NUM_TRAIN)]
X = np.stack([p[0] for p in pairs])[..., None].astype("float32")
Y = np.stack([p[1] for p in pairs])[..., None].astype("float32")


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """lr = base * (1 - step / max_steps) ** power"""

    def __init__(self, base_lr, max_steps, power=0.9):
        self.base_lr = base_lr
        self.max_steps = max_steps
        self.power = power

    def __call__(self, step):
        progress = ops.cast(step, "float32") / float(self.max_steps)
        return self.base_lr * (1.0 - progress) ** self.power  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base_lr": self.base_lr, "max_steps": self.max_steps, "power": self.power}


def build():
    x = inp = keras.Input((H, W, 1))
    for filters, rate in [(8, 1), (8, 2), (8, 4)]:
        x = layers.Conv2D(filters, 3, padding="same", dilation_rate=rate, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("relu")(x)
    x = layers.Conv2D(1, 1)(x)
    return keras.Model(inp, x)


steps_per_epoch = NUM_TRAIN // BATCH_SIZE
schedule = PolyDecay(BASE_LR, max_steps=steps_per_epoch * EPOCHS)

model = build()
model.compile(
    optimizer=keras.optimizers.SGD(schedule, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
model.fit(X, Y, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=2)

pred = model.predict(X[:64], verbose=0) > 0
inter = np.logical_and(pred, Y[:64] > 0).sum()
union = np.logical_or(pred, Y[:64] > 0).sum()
print("IoU on the first 64 images: %.3f" % (inter / max(union, 1)))
