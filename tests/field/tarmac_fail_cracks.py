import numpy as np
import tensorflow as tf
import keras
from keras import layers

SEED = 19
SIZE = 16
BATCH = 32
EPOCHS = 12
keras.utils.set_random_seed(SEED)


class PolyDecay(keras.optimizers.schedules.LearningRateSchedule):
    """The 'poly' policy of DeepLab: lr = base * (1 - iter / max_iter) ** power."""

    def __init__(self, base, max_iter, power=0.9):
        self.base = base
        self.max_iter = max_iter
        self.power = power

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return self.base * (1.0 - step / self.max_iter) ** self.power  # whynan: lr_schedule_invalid phase=update also=pow_domain

    def get_config(self):
        return {"base": self.base, "max_iter": self.max_iter, "power": self.power}


def crack_tile(rng):
    """Grey tarmac with a wandering dark crack, and its mask."""
    img = rng.normal(0.55, 0.08, (SIZE, SIZE))
    mask = np.zeros((SIZE, SIZE))
    if rng.random() < 0.8:
        col = rng.integers(3, SIZE - 3)
        for row in range(SIZE):
            col = int(np.clip(col + rng.integers(-1, 2), 0, SIZE - 1))
            mask[row, col] = 1
        img = img - 0.3 * mask
    return img[..., None], mask[..., None]


def tiles(n, seed):
    rng = np.random.default_rng(seed)
    pairs = [crack_tile(rng) for _ in range(n)]
    x = np.array([p[0] for p in pairs], "float32")
    m = np.array([p[1] for p in pairs], "float32")
    return (x - 0.55) / 0.15, m


x_train, m_train = tiles(1000, SEED)
x_val, m_val = tiles(160, SEED + 1)
print("share of crack pixels: %.3f" % m_train.mean())

net = keras.Sequential(
    [
        keras.Input((SIZE, SIZE, 1)),
        layers.Conv2D(8, 3, padding="same", activation="elu"),
        layers.Conv2D(8, 3, padding="same", dilation_rate=2, activation="elu"),
        layers.Conv2D(1, 1),
    ]
)

iters = (len(x_train) // BATCH) * EPOCHS
net.compile(
    optimizer=keras.optimizers.SGD(PolyDecay(0.05, iters), momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)
hist = net.fit(
    x_train, m_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_val, m_val), verbose=2
)

prob = keras.ops.sigmoid(net.predict(x_val, verbose=0))
pred = np.asarray(prob) > 0.5
inter = np.logical_and(pred, m_val > 0.5).sum()
union = np.logical_or(pred, m_val > 0.5).sum()
print("val IoU:", inter / max(union, 1))
print("loss per epoch:", [round(v, 4) for v in hist.history["loss"]])
