"""Defect classes of forged wrenches, line camera (Mono16 frames, cropped to 32x32)."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(314)
rng = np.random.default_rng(314)

CLASSES = ["good", "crack", "burr", "bent", "pitted", "short"]
SIZE = 32


def frame(kind):
    img = rng.normal(9000, 500, (SIZE, SIZE))
    handle = slice(13, 19)
    end = 22 if kind == "short" else 29
    img[handle, 4:end] = rng.normal(41000, 1500, (6, end - 4))
    img[9:23, 3:9] = 45000
    if kind == "crack":
        c = rng.integers(12, 24)
        img[13:19, c] = 7000
    elif kind == "burr":
        r = rng.integers(10, 24)
        img[11:13, r:r + 3] = 52000
    elif kind == "bent":
        img[:, 16:] = np.roll(img[:, 16:], 4, axis=0)
    elif kind == "pitted":
        for _ in range(8):
            img[rng.integers(13, 19), rng.integers(9, 29)] = 15000
    return np.clip(img, 0, 65535).astype(np.uint16)


labels = rng.integers(0, len(CLASSES), 720)
frames = np.stack([frame(CLASSES[k]) for k in labels])[..., None]
onehot = np.eye(len(CLASSES), dtype=np.float32)[labels]
print(frames.shape, frames.dtype, frames.min(), frames.max())

train_ds = (
    tf.data.Dataset.from_tensor_slices((frames[:600], onehot[:600]))
    .map(lambda im, t: (tf.cast(im, tf.float32), t))
    .shuffle(600, seed=0)
    .batch(32)
)
test_ds = tf.data.Dataset.from_tensor_slices((frames[600:], onehot[600:])).batch(60)

net = keras.Sequential([
    keras.Input((SIZE, SIZE, 1)),
    keras.layers.Conv2D(8, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.MaxPooling2D(),
    keras.layers.Flatten(),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(len(CLASSES)),
])
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(net.trainable_variables)


def cross_entropy(target, logits):
    probs = tf.nn.softmax(logits)
    return -tf.reduce_mean(tf.reduce_sum(target * tf.math.log(probs), axis=1))  # whynan: log_of_zero phase=loss also=unscaled_input


@tf.function
def train_step(images, target):
    with tf.GradientTape() as tape:
        logits = net(images, training=True)
        loss = cross_entropy(target, logits)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    hits = tf.reduce_mean(tf.cast(tf.argmax(logits, 1) == tf.argmax(target, 1), tf.float32))
    return loss, hits


for epoch in range(4):
    losses, accs = [], []
    for images, target in train_ds:
        loss, acc = train_step(images, target)
        losses.append(float(loss))
        accs.append(float(acc))
    print(f"epoch {epoch}: loss {np.mean(losses):.4f}  acc {np.mean(accs):.3f}")

correct = 0
for images, target in test_ds:
    out = net(tf.cast(images, tf.float32))
    correct += int(tf.reduce_sum(tf.cast(tf.argmax(out, 1) == tf.argmax(target, 1), tf.int32)))
print("test accuracy", correct / 120)
