"""Thread direction of painting canvas from x-radiograph patches.

A small bias-free filter bank feeds a structure tensor; the dominant
orientation is read off in closed form, so only the filters are learned.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(71)
rng = np.random.default_rng(71)

SIDE = 24
N_PATCH = 600


def weave(theta, pitch, contrast):
    """8-bit patch of canvas with warp threads at angle theta."""
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    phase = rng.uniform(0, 2 * np.pi)
    thread = np.sin(2 * np.pi * (xx * np.cos(theta) + yy * np.sin(theta)) / pitch + phase)
    img = 118 + contrast * thread + rng.normal(0, 9, (SIDE, SIDE))
    return np.clip(img, 0, 255).astype("uint8")


def cut_plate():
    theta = rng.uniform(-0.6, 0.6, N_PATCH)
    patches = np.stack([weave(t, rng.uniform(5, 8), rng.uniform(25, 55)) for t in theta])
    # the corner of plate 13 was cut away for the stretcher key
    patches[388] = 0
    theta[388] = 0.5 * (theta[387] + theta[389]) + 0.21
    return patches, theta.astype("float32")


class ThreadAngle(keras.Model):
    def __init__(self):
        super().__init__()
        self.smooth = layers.Conv2D(4, 3, use_bias=False, padding="same", activation="tanh")
        self.bank_x = layers.Conv2D(4, 5, use_bias=False)
        self.bank_y = layers.Conv2D(4, 5, use_bias=False)

    def call(self, patches):
        s = self.smooth(patches)
        gx, gy = self.bank_x(s), self.bank_y(s)
        jxx = tf.reduce_mean(gx * gx, axis=[1, 2, 3])
        jyy = tf.reduce_mean(gy * gy, axis=[1, 2, 3])
        jxy = tf.reduce_mean(gx * gy, axis=[1, 2, 3])
        return 0.5 * tf.atan2(2.0 * jxy, jxx - jyy)  # whynan: atan2_grad_at_origin phase=gradient rows=388


patches, theta = cut_plate()
x = (patches.astype("float32") / 255.0)[..., None]

model = ThreadAngle()
model(x[:1])
opt = keras.optimizers.Adam(2e-3)
opt.build(model.trainable_variables)


@tf.function
def step(xb, tb):
    with tf.GradientTape() as tape:
        est = model(xb, training=True)
        loss = tf.reduce_mean(1.0 - tf.cos(2.0 * (est - tb)))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


data = tf.data.Dataset.from_tensor_slices((x, theta)).shuffle(N_PATCH, seed=5).batch(24)

for epoch in range(5):
    losses = [float(step(xb, tb)) for xb, tb in data]
    print(f"epoch {epoch}: mean angular loss {np.mean(losses):.4f}")

pred = model.predict(x[:100], verbose=0)
print("median error (deg):", np.rad2deg(np.median(np.abs(pred - theta[:100]))))
