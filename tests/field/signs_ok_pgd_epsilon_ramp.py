"""Adversarial training with a ramp of the attack radius. The training loss RISES from ~0 to its plateau: expected."""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(40)
CLASSES, SIDE = 4, 10
EPOCHS, EPS_MAX, PGD_STEPS = 8, 3.0, 3


def stripes(n, seed):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    label = rng.integers(0, CLASSES, n)
    phase = rng.uniform(0, 2 * np.pi, size=(n, 1, 1))
    angle = (label * np.pi / CLASSES)[:, None, None]
    img = np.sin(1.4 * (xx * np.cos(angle) + yy * np.sin(angle)) + phase)
    return (img + 0.2 * rng.normal(size=img.shape))[..., None].astype("float32"), label


x, y = stripes(640, 40)
train = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(640, seed=0).batch(64, drop_remainder=True)

net = keras.Sequential([
    keras.Input((SIDE, SIDE, 1)),
    keras.layers.Conv2D(12, 3, activation="relu"),
    keras.layers.Conv2D(16, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(CLASSES),
])
ce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.Adam(5e-3)


def l2(t):
    return tf.sqrt(tf.reduce_sum(tf.square(t), axis=(1, 2, 3), keepdims=True))


def pgd(images, labels, eps):
    """L2 attack; no derivative of this function is ever taken."""
    delta = tf.zeros_like(images)
    step = 2.0 * eps / PGD_STEPS
    for _ in range(PGD_STEPS):
        with tf.GradientTape() as inner:
            inner.watch(delta)
            attack_loss = ce(labels, net(images + delta, training=False))
        g = inner.gradient(attack_loss, delta)
        delta = delta + step * g / (l2(g) + 1e-12)
        # at eps = 0 this is 0 / (0 + 1e-12)
        delta = delta * tf.minimum(1.0, eps / (l2(delta) + 1e-12))
    return tf.stop_gradient(images + delta)


@tf.function
def train_step(images, labels, eps):
    adversarial = pgd(images, labels, eps)
    with tf.GradientTape() as tape:
        loss = ce(labels, net(adversarial, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


# clean warm-up, then the radius grows
for _ in range(6):
    for images, labels in train:
        train_step(images, labels, tf.constant(0.0))

for epoch in range(EPOCHS):
    eps = EPS_MAX * epoch / (EPOCHS - 1)
    losses = [float(train_step(images, labels, tf.constant(eps, tf.float32))) for images, labels in train]
    print(f"eps {eps:.2f}   robust loss {np.mean(losses):.4f}")
