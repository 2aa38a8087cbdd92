# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(79)
rng = np.random.default_rng(79)
rgb = rng.random((40, 12, 12, 3)).astype("float32")
depth = rgb.mean(-1, keepdims=True) * 4 + 1
depth[rng.random(depth.shape) > 0.3] = np.nan

net = keras.Sequential([
    keras.Input((12, 12, 3)),
    keras.layers.Conv2D(8, 3, padding="same", activation="relu"),
    keras.layers.Conv2D(1, 3, padding="same", activation="softplus"),
])
opt = keras.optimizers.Adam(0.01)


@tf.function
def train_step(image, truth):
    with tf.GradientTape() as tape:
        valid = tf.math.is_finite(truth)
        prediction = net(image)
        loss = tf.reduce_mean(tf.square(tf.boolean_mask(prediction, valid) - tf.boolean_mask(truth, valid)))
    opt.apply_gradients(zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables))
    return loss


for epoch in range(3):
    for i in range(0, 40, 8):
        loss = train_step(rgb[i:i + 8], depth[i:i + 8])
    print(f"epoch {epoch}: {float(loss):.4f}")
