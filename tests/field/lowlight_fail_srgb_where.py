"""Low light enhancement: net predicts linear RGB, loss is computed in sRGB."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(13)
rng = np.random.default_rng(13)


def linear_to_srgb(x):
    low = 12.92 * x
    high = 1.055 * tf.pow(x, 1.0 / 2.4) - 0.055  # whynan: where_gradient_trap phase=gradient also=pow_domain,pow_grad_at_zero
    return tf.where(x <= 0.0031308, low, high)


def build():
    inp = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(12, 3, padding="same", activation="relu")(inp)
    x = keras.layers.Conv2D(12, 3, padding="same", activation="relu")(x)
    return keras.Model(inp, keras.layers.Conv2D(3, 3, padding="same")(x))


bright = rng.uniform(0.05, 1.0, size=(64, 16, 16, 3)).astype("float32")
dark = bright * 0.1 + rng.normal(0, 0.01, bright.shape).astype("float32")
target = np.where(bright <= 0.0031308, 12.92 * bright, 1.055 * bright ** (1 / 2.4) - 0.055).astype("float32")

net = build()
opt = keras.optimizers.Adam(2e-3)
data = tf.data.Dataset.from_tensor_slices((dark, target)).shuffle(64, seed=0).batch(8)


@tf.function
def train_step(noisy, ref):
    with tf.GradientTape() as tape:
        srgb = linear_to_srgb(net(noisy, training=True))
        loss = tf.reduce_mean(tf.abs(srgb - ref))
    g = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(g, net.trainable_variables))
    return loss


for epoch in range(3):
    for noisy, ref in data:
        l = train_step(noisy, ref)
    print(f"epoch {epoch} loss {float(l):.4f}")
