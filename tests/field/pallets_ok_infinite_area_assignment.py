"""Anchor-free pallet detector (one level, stride 8). While debugging I printed the assignment table and it
is full of inf, and some photographs have no pallet at all. The box loss also jumps about a lot in the
beginning. Is this run about to blow up?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(60)

SIZE, STRIDE, MOST = 64, 8, 3
CENTRES = (np.arange(SIZE // STRIDE) + 0.5) * STRIDE
LOC_X, LOC_Y = (axis.ravel().astype("float32") for axis in np.meshgrid(CENTRES, CENTRES))


def photographs(n=192):
    rng = np.random.default_rng(60)
    images = rng.normal(0.3, 0.05, (n, SIZE, SIZE, 1)).astype("float32")
    boxes = np.zeros((n, MOST, 4), "float32")  # x1, y1, x2, y2; unused lines stay zero
    for i in range(n):
        for k in range(rng.integers(0, MOST + 1)):
            w, h = rng.uniform(14, 36, 2)
            x, y = rng.uniform(0, SIZE - w), rng.uniform(0, SIZE - h)
            boxes[i, k] = x, y, x + w, y + h
            images[i, int(y):int(y + h), int(x):int(x + w)] += 0.4
    return images, boxes


def assign(image, boxes):
    """Every location belongs to the smallest box around it, otherwise to the background."""
    x1, y1, x2, y2 = tf.unstack(boxes, axis=-1)
    sides = tf.stack([LOC_X[:, None] - x1, LOC_Y[:, None] - y1, x2 - LOC_X[:, None], y2 - LOC_Y[:, None]], axis=-1)
    around = tf.reduce_min(sides, axis=-1) > 0.0
    area = ((x2 - x1) * (y2 - y1))[None, :]
    cost = tf.where(around, area, np.inf)
    owner = tf.argmin(cost, axis=1)
    positive = tf.math.is_finite(tf.reduce_min(cost, axis=1))
    sides = tf.gather(sides, owner, batch_dims=1)
    sides = tf.where(positive[:, None], sides, 0.0) / STRIDE
    return image, tf.cast(positive, tf.float32), sides


def detector():
    image = keras.Input((SIZE, SIZE, 1))
    x = image
    for filters in (8, 16, 24):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(24, 3, padding="same", activation="relu")(x)
    score = layers.Reshape((-1,))(layers.Conv2D(1, 1)(x))
    sides = layers.Reshape((-1, 4))(layers.Conv2D(4, 1, activation="softplus")(x))
    return keras.Model(image, [score, sides])


model = detector()
optimizer = keras.optimizers.Adam(3e-3)
optimizer.build(model.trainable_variables)


@tf.function
def train_step(image, positive, sides):
    with tf.GradientTape() as tape:
        score, predicted = model(image, training=True)
        count = tf.maximum(tf.reduce_sum(positive), 1.0)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=positive, logits=score)
        probability = tf.sigmoid(score)
        miss = positive * (1.0 - probability) + (1.0 - positive) * probability
        focal = tf.reduce_sum(tf.square(miss) * entropy) / count
        off = tf.reduce_sum(positive[..., None] * tf.abs(predicted - sides)) / count
        loss = focal + off
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return focal, off


images, boxes = photographs()
data = tf.data.Dataset.from_tensor_slices((images, boxes)).map(assign).cache().shuffle(192, seed=60).batch(16)
for epoch in range(8):
    seen = np.array([[float(v) for v in train_step(*batch)] for batch in data])
    print(f"epoch {epoch}: focal {seen[:, 0].mean():.4f}  box {seen[:, 1].mean():.4f}")
