# Turn scanned colour negatives into positives with a small residual CNN.
# MS-SSIM + L1 mix after Zhao et al. 2017
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(35)
rng = np.random.default_rng(35)

SIZE = 48
N_PHOTOS = 96
BATCH = 16
EPOCHS = 3
ALPHA = 0.84
SCALES = (0.3, 0.3, 0.4)


def fake_photo():
    yy, xx = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    img = np.zeros((SIZE, SIZE, 3))
    img += 0.45 + 0.2 * np.sin(2 * np.pi * (rng.uniform(1, 3) * xx + rng.uniform(1, 3) * yy))[..., None]
    for _ in range(6):
        cx, cy, r = rng.uniform(0.1, 0.9, 2).tolist() + [rng.uniform(0.05, 0.2)]
        disk = ((xx - cx) ** 2 + (yy - cy) ** 2 < r ** 2)[..., None]
        img = np.where(disk, rng.uniform(0.1, 0.9, 3), img)
    grain = rng.normal(0, 0.08, (SIZE, SIZE, 1))
    return np.clip(img + grain, 0.02, 0.98)


def develop(photo):
    """Negative film with orange mask, as it comes out of the scanner."""
    base = np.array([0.95, 0.85, 0.75])
    neg = base * (1.0 - 0.8 * photo)
    return np.clip(neg + rng.normal(0, 0.01, photo.shape), 0, 1)


positives = np.stack([fake_photo() for _ in range(N_PHOTOS)]).astype("float32")
negatives = np.stack([develop(p) for p in positives]).astype("float32")
print("negatives", negatives.shape, negatives.min(), negatives.max())


def build():
    x_in = layers.Input((SIZE, SIZE, 3))
    h = layers.Conv2D(12, 3, padding="same", activation="elu")(x_in)
    h = layers.Conv2D(12, 3, padding="same", activation="elu")(h)
    residual = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros")(h)
    return keras.Model(x_in, layers.Add()([x_in, residual]))


def mix_loss(target, pred):
    l1 = tf.reduce_mean(tf.abs(target - pred))
    ms = tf.image.ssim_multiscale(target, pred, max_val=1.0, power_factors=SCALES)  # whynan: pow_grad_at_zero phase=gradient
    return ALPHA * (1.0 - tf.reduce_mean(ms)) + (1.0 - ALPHA) * l1


net = build()
opt = keras.optimizers.Adam(1e-3)
ds = tf.data.Dataset.from_tensor_slices((negatives, positives))
ds = ds.shuffle(N_PHOTOS, seed=35).batch(BATCH)

for epoch in range(EPOCHS):
    losses = []
    for neg, pos in ds:
        with tf.GradientTape() as tape:
            loss = mix_loss(pos, net(neg, training=True))
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))
        losses.append(float(loss))
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}  (first {losses[0]:.4f}, last {losses[-1]:.4f})")

sample = net(negatives[:4]).numpy()
print("mean colour of the first four:", sample.mean(axis=(1, 2)).round(3).tolist())
