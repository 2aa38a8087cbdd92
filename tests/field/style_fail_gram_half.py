# Fast style transfer (Johnson et al.) on small textures. In float32 it works, with mixed_float16 the
# style loss is nan in the very first step, content loss is ok.
import numpy as np
import keras
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(4)
keras.mixed_precision.set_global_policy("mixed_float16")

CAFFE_MEAN = tf.constant([103.9, 116.8, 123.7])


def preprocess(rgb):
    """RGB in [0, 1] -> BGR, mean free, like keras.applications.vgg16.preprocess_input"""
    return rgb[..., ::-1] * 255.0 - CAFFE_MEAN


def feature_extractor():
    inp = keras.Input((32, 32, 3))
    c1 = layers.Conv2D(16, 3, padding="same", activation="relu", kernel_initializer="he_normal")(inp)
    c2 = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", kernel_initializer="glorot_uniform")(c1)
    net = keras.Model(inp, [c1, c2])
    net.trainable = False
    return net


def transformer():
    return keras.Sequential([
        keras.Input((32, 32, 3)),
        layers.Conv2D(8, 3, padding="same", activation="relu"),
        layers.Conv2D(3, 3, padding="same", activation="sigmoid", dtype="float32"),
    ])


def gram(f):
    shape = tf.shape(f)
    n = tf.cast(shape[1] * shape[2] * shape[3], f.dtype)
    inner = tf.einsum("bijc,bijd->bcd", f, f)  # whynan: float16_overflow phase=loss|forward also=unscaled_input
    return tf.cast(inner / n, tf.float32)


class StyleLoss:
    def __init__(self, extractor, style_image):
        self.extractor = extractor
        self.targets = [gram(f) for f in extractor(preprocess(style_image))]

    def __call__(self, feats):
        terms = [tf.reduce_mean(tf.square(gram(f) - t)) for f, t in zip(feats, self.targets)]
        return tf.add_n(terms)


def content_loss(a, b):
    return tf.reduce_mean(tf.square(tf.cast(a, tf.float32) - tf.cast(b, tf.float32)))


rng = np.random.default_rng(4)
grid = np.linspace(0, 1, 32)
photos = np.clip(rng.uniform(0, 1, (8, 1, 1, 3)) * grid[None, :, None, None] + rng.uniform(0, .2, (8, 32, 32, 3)), 0, 1).astype("float32")
style = (0.5 + 0.5 * np.sin(40 * grid)[None, :, None, None] * np.ones((1, 32, 32, 3))).astype("float32")

vgg, net = feature_extractor(), transformer()
style_loss = StyleLoss(vgg, style)
opt = keras.optimizers.Adam(1e-3)


def step(batch, style_weight=1e-6):
    with tf.GradientTape() as tape:
        feats = vgg(preprocess(net(batch, training=True)))
        c = content_loss(feats[1], vgg(preprocess(batch))[1])
        s = style_loss(feats)
        total = 1e-3 * c + style_weight * s
    opt.apply_gradients(zip(tape.gradient(total, net.trainable_variables), net.trainable_variables))
    return float(c), float(s), float(total)


for it in range(6):
    c, s, total = step(photos)
    print(f"{it}: content {c:.3f} style {s:.3f} total {total:.3f}")
