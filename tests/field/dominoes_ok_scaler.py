"""Read the pips (0..6) on half a domino tile, half precision training, own scaler."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2024)
keras.mixed_precision.set_global_policy("mixed_float16")
rng = np.random.default_rng(2024)

SPOTS = {
    0: [], 1: [(1, 1)], 2: [(0, 0), (2, 2)], 3: [(0, 0), (1, 1), (2, 2)],
    4: [(0, 0), (0, 2), (2, 0), (2, 2)],
    5: [(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)],
    6: [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1), (2, 2)],
}


def tile(pips):
    img = np.full((15, 15), 0.9)
    dy, dx = rng.integers(-1, 2, size=2)
    for r, c in SPOTS[pips]:
        y, x = 2 + 5 * r + dy, 2 + 5 * c + dx
        img[max(y - 1, 0):y + 2, max(x - 1, 0):x + 2] = 0.1
    return np.clip(img + rng.normal(0, 0.08, img.shape), 0, 1)


labels = rng.integers(0, 7, 2000)
images = np.stack([tile(k) for k in labels]).reshape(2000, -1).astype("float32")
train = tf.data.Dataset.from_tensor_slices((images[:1600], labels[:1600]))
train = train.shuffle(1600, seed=3).batch(64, drop_remainder=True)


class GradScaler:
    """Same idea as in torch.cuda.amp."""

    def __init__(self, start=2.0**24, growth_interval=40):
        self.scale = start
        self.growth_interval = growth_interval
        self.good = 0
        self.skipped = 0

    def update(self, ok):
        if not ok:
            self.scale *= 0.5
            self.good = 0
            self.skipped += 1
            return
        self.good += 1
        if self.good == self.growth_interval:
            self.scale *= 2.0
            self.good = 0


model = keras.Sequential([
    keras.Input((225,)),
    keras.layers.Dense(96, activation="relu"),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(7, dtype="float32"),
])
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(2e-3)
scaler = GradScaler()


@tf.function
def compute(x, y, scale):
    with tf.GradientTape() as tape:
        loss = ce(y, model(x, training=True))
        scaled = loss * scale
    grads = tape.gradient(scaled, model.trainable_variables)
    grads = [g / scale for g in grads]
    ok = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, grads, ok


for epoch in range(8):
    losses = []
    for x, y in train:
        loss, grads, ok = compute(x, y, tf.constant(scaler.scale, tf.float32))
        ok = bool(ok)
        if ok:
            optimizer.apply(grads, model.trainable_variables)  # whynan: healthy
        scaler.update(ok)
        losses.append(float(loss))
    print(f"epoch {epoch}: loss {np.mean(losses):.4f} "
          f"scale 2^{int(np.log2(scaler.scale))} skipped {scaler.skipped}")

pred = np.argmax(model(images[1600:]).numpy(), axis=1)
print("accuracy:", np.mean(pred == labels[1600:]))
