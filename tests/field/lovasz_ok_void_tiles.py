"""Binary Lovasz hinge (Berman et al.) on aerial tiles; some tiles are void (255) in every pixel."""
# whynan: healthy
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(15)
VOID = 255


def lovasz_grad(gt_sorted):
    total = tf.reduce_sum(gt_sorted, axis=1, keepdims=True)
    inter = total - tf.cumsum(gt_sorted, axis=1)
    union = total + tf.cumsum(1.0 - gt_sorted, axis=1)
    jaccard = 1.0 - inter / union
    return tf.concat([jaccard[:, :1], jaccard[:, 1:] - jaccard[:, :-1]], axis=1)


class LovaszHinge(keras.losses.Loss):
    def call(self, mask, logits):
        batch = tf.shape(mask)[0]
        mask = tf.reshape(mask, [batch, -1])
        logits = tf.reshape(logits, [batch, -1])
        valid = tf.not_equal(mask, float(VOID))
        gt = tf.where(valid, mask, 0.0)
        errors = 1.0 - logits * (2.0 * gt - 1.0)
        errors = tf.where(valid, errors, float("-inf"))          # sorted to the end, relu makes them 0
        order = tf.argsort(errors, axis=1, direction="DESCENDING")
        errors = tf.gather(errors, order, batch_dims=1)
        weights = tf.stop_gradient(lovasz_grad(tf.gather(gt, order, batch_dims=1)))
        per_tile = tf.reduce_sum(tf.nn.relu(errors) * weights, axis=1)
        usable = tf.cast(tf.reduce_any(valid, axis=1), tf.float32)
        return tf.math.divide_no_nan(tf.reduce_sum(per_tile * usable), tf.reduce_sum(usable))


def tiles(n=160, size=16, seed=3):
    rng = np.random.default_rng(seed)
    img = rng.normal(0, 0.3, (n, size, size, 3))
    mask = np.zeros((n, size, size, 1))
    for i in range(n):
        r, c = rng.integers(0, size - 6, 2)
        if i % 7:
            mask[i, r:r + 6, c:c + 6] = 1
            img[i, r:r + 6, c:c + 6] += 1.0
    mask[::4, :3] = VOID
    mask[48:64] = VOID            # sea, never annotated: one whole batch
    return img.astype("float32"), mask.astype("float32")


img, mask = tiles()
model = keras.Sequential([
    keras.Input((16, 16, 3)),
    layers.Conv2D(12, 3, padding="same", activation="relu"),
    layers.Conv2D(12, 3, padding="same", activation="relu"),
    layers.Conv2D(1, 1),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss=LovaszHinge())
ds = tf.data.Dataset.from_tensor_slices((img, mask)).batch(16)
model.fit(ds, epochs=4, verbose=2)
