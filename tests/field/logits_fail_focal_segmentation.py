"""Binary lesion segmentation, focal loss copied from the paper. I removed the sigmoid from the last conv because
'from logits is more stable' and since then the loss is nan from batch 1."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(99)
SIZE = 24


class BinaryFocalLoss(keras.losses.Loss):
    def __init__(self, alpha=0.25, gamma=2.0, name="focal"):
        super().__init__(name=name)
        self.alpha, self.gamma = alpha, gamma

    def call(self, y_true, y_pred):
        p_t = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
        a_t = y_true * self.alpha + (1.0 - y_true) * (1.0 - self.alpha)
        ce = -tf.math.log(p_t + 1e-7)  # whynan: wrong_loss_for_activation phase=loss also=log_of_negative
        focal = a_t * tf.pow(1.0 - p_t, self.gamma) * ce
        return tf.reduce_mean(focal, axis=[1, 2, 3])


def phantoms(n):
    rng = np.random.default_rng(31)
    yy, xx = np.mgrid[:SIZE, :SIZE]
    imgs, masks = [], []
    for _ in range(n):
        cy, cx, r = rng.uniform(7, 17, 2).tolist() + [rng.uniform(3, 6)]
        m = ((yy - cy) ** 2 + (xx - cx) ** 2 < r ** 2).astype("float32")
        imgs.append(3.0 * m + 2.0 * rng.normal(size=(SIZE, SIZE)))
        masks.append(m)
    return np.array(imgs, "float32")[..., None], np.array(masks, "float32")[..., None]


def unet_tiny():
    inp = keras.Input((SIZE, SIZE, 1))
    c1 = layers.Conv2D(8, 3, padding="same", activation="relu")(inp)
    d = layers.MaxPooling2D()(c1)
    d = layers.Conv2D(16, 3, padding="same", activation="relu")(d)
    u = layers.Concatenate()([layers.UpSampling2D()(d), c1])
    u = layers.Conv2D(8, 3, padding="same", activation="relu")(u)
    return keras.Model(inp, layers.Conv2D(1, 1)(u))


imgs, masks = phantoms(64)
train = tf.data.Dataset.from_tensor_slices((imgs, masks)).shuffle(64, seed=0).batch(8).prefetch(1)
net = unet_tiny()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=BinaryFocalLoss())
net.fit(train, epochs=2, verbose=2)
