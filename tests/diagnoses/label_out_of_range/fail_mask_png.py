"""Binary segmentation of cells with the focal Tversky loss."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)


def load_pairs(n=48, size=16):
    rng = np.random.default_rng(31)
    yy, xx = np.mgrid[:size, :size]
    images, masks = [], []
    for _ in range(n):
        cy, cx, r = rng.uniform(4, 12, 2).tolist() + [rng.uniform(2, 5)]
        blob = (yy - cy) ** 2 + (xx - cx) ** 2 < r * r
        images.append(blob * 120 + rng.normal(60, 10, blob.shape))
        masks.append(blob.astype("uint8") * 255)
    return np.array(images)[..., None] / 255.0, np.array(masks)[..., None]


def focal_tversky(y_true, y_pred, alpha=0.7, gamma=0.75, smooth=1.0):
    y_true = tf.cast(y_true, tf.float32)
    tp = tf.reduce_sum(y_true * y_pred)
    fn = tf.reduce_sum(y_true * (1.0 - y_pred))
    fp = tf.reduce_sum((1.0 - y_true) * y_pred)
    index = (tp + smooth) / (tp + alpha * fn + (1.0 - alpha) * fp + smooth)
    return tf.pow(1.0 - index, gamma)  # whynan: label_out_of_range phase=loss also=pow_domain


images, masks = load_pairs()
model = keras.Sequential([
    keras.Input((16, 16, 1)),
    keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
    keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
    keras.layers.Conv2D(1, 1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.01), loss=focal_tversky)
model.fit(images.astype("float32"), masks, epochs=3, batch_size=8, verbose=2)
