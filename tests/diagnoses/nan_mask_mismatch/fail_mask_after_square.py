# depth completion: the lidar sees only some pixels, the others are NaN
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)
rgb = rng.random((40, 12, 12, 3)).astype("float32")
depth = rgb.mean(-1, keepdims=True) * 4 + 1
unseen = rng.random(depth.shape) > 0.3
depth[unseen] = np.nan  # whynan: nan_mask_mismatch phase=data|loss also=nan_in_label

net = keras.Sequential([
    keras.Input((12, 12, 3)),
    keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
    keras.layers.Conv2D(1, 3, padding="same", activation="softplus"),
])
opt = keras.optimizers.Adam(0.01)
frames = tf.data.Dataset.from_tensor_slices((rgb, depth)).batch(8)


@tf.function
def train_step(image, truth):
    with tf.GradientTape() as tape:
        valid = tf.cast(tf.math.is_finite(truth), tf.float32)
        error = tf.square(net(image) - truth) * valid
        loss = tf.reduce_sum(error) / tf.reduce_sum(valid)
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for epoch in range(3):
    for image, truth in frames:
        loss = train_step(image, truth)
    print(f"epoch {epoch}: rmse {float(loss) ** 0.5:.3f}")
