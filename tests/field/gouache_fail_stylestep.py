"""Paint a still life in gouache: neural style transfer after Gatys et al.

Uses frozen random filters instead of VGG (there are papers that show that this is good
enough for textures), the rest follows the well-known tutorial: pixels in 0..255 minus the
mean colour, gradient descent on the picture itself with a slowly decaying step.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)
SIDE = 48

STYLE_WEIGHT = 1.0
CONTENT_WEIGHT = 0.025
TV_WEIGHT = 1.0


def still_life():
    img = np.zeros((SIDE, SIDE, 3))
    img[:30] = (190, 200, 215)
    img[30:] = (120, 80, 50)
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    for cy, cx, r, col in [(26, 14, 8, (200, 40, 35)), (28, 31, 7, (230, 190, 60)), (25, 40, 5, (90, 140, 60))]:
        d = np.sqrt((y - cy) ** 2 + (x - cx) ** 2)
        shade = np.clip(1.1 - 0.4 * d / r, 0, 1.1)[..., None]
        img = np.where((d < r)[..., None], np.array(col) * shade, img)
    return np.clip(img + rng.normal(0, 3, img.shape), 0, 255)


def gouache():
    img = np.full((SIDE, SIDE, 3), 170.0)
    for _ in range(160):
        y, x = rng.integers(0, SIDE, 2)
        length, thick = rng.integers(6, 16), rng.integers(2, 4)
        img[y:y + thick, x:x + length] = rng.choice([[20, 60, 140], [240, 220, 180], [200, 90, 40], [30, 30, 30]])
    return img


def preprocess(img):
    return tf.constant(img[None].astype("float32") - np.float32([124.0, 117.0, 104.0]))


inp = keras.Input((SIDE, SIDE, 3))
low = layers.Conv2D(16, 3, padding="same", activation="relu", name="low")(inp)
mid = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="mid")(low)
extractor = keras.Model(inp, [low, mid])
extractor.trainable = False


def gram_matrix(feat):
    flat = tf.reshape(feat, (-1, feat.shape[-1]))
    return tf.matmul(flat, flat, transpose_a=True)


def style_loss(target, current):
    return tf.reduce_sum(tf.square(target - gram_matrix(current)))  # whynan: learning_rate_too_high phase=forward|loss also=exploding_gradient


def content_loss(base, current):
    return tf.reduce_sum(tf.square(current - base))


def total_variation(img):
    a = tf.square(img[:, 1:, :-1] - img[:, :-1, :-1])
    b = tf.square(img[:, :-1, 1:] - img[:, :-1, :-1])
    return tf.reduce_sum(a + b)


base = preprocess(still_life())
style_targets = [gram_matrix(f) for f in extractor(preprocess(gouache()))]
base_mid = extractor(base)[1]

picture = tf.Variable(base)
optimizer = keras.optimizers.SGD(
    keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=100.0, decay_steps=100, decay_rate=0.96)
)

for i in range(1, 61):
    with tf.GradientTape() as tape:
        feats = extractor(tf.convert_to_tensor(picture))
        s = tf.add_n([style_loss(t, f) for t, f in zip(style_targets, feats)])
        c = content_loss(base_mid, feats[1])
        loss = STYLE_WEIGHT * s + CONTENT_WEIGHT * c + TV_WEIGHT * total_variation(picture)
    grad = tape.gradient(loss, picture)
    optimizer.apply_gradients([(grad, picture)])
    if i % 10 == 0:
        print("iteration %d: loss=%.3e" % (i, float(loss)))

result = np.nan_to_num(picture.numpy()[0] + np.float32([124.0, 117.0, 104.0]))
print("pixel range", result.min(), result.max())
