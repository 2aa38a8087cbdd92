"""GAN for flower measurements (five beds of peonies), to share synthetic tables instead of the breeder's own."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(18)

COLUMNS = ["stem_cm", "bloom_mm", "leaf_cm", "petals", "days_open", "mass_g"]
NOISE = 12
BATCH = 64


def measure_beds(beds=5, per_bed=397):
    rng = np.random.default_rng(2)
    tables = []
    for _ in range(beds):
        centre = np.array([45, 60, 22, 6, 11, 28]) * rng.uniform(0.8, 1.2, 6)
        size = rng.normal(0, 1, (per_bed, 1))
        loading = np.array([4, 6, 2, 0.2, 0.5, 5])
        tables.append(centre + size * loading + rng.normal(0, 1, (per_bed, 6)) * loading * 0.5)
    table = np.concatenate(tables)
    return ((table - table.mean(0)) / table.std(0)).astype("float32")


class MinibatchSpread(layers.Layer):
    """Shows the critic how different the rows of a batch are (Karras et al.), against mode collapse."""

    def call(self, h):
        spread = ops.mean(ops.std(h, axis=0))  # whynan: std_grad_at_zero phase=gradient also=single_element_variance
        return ops.concatenate([h, ops.ones_like(h[:, :1]) * spread], axis=1)


generator = keras.Sequential(
    [
        layers.Input((NOISE,)),
        layers.Dense(64),
        layers.LeakyReLU(0.2),
        layers.Dense(64),
        layers.LeakyReLU(0.2),
        layers.Dense(len(COLUMNS)),
    ],
    name="generator",
)
critic = keras.Sequential(
    [
        layers.Input((len(COLUMNS),)),
        layers.Dense(64),
        layers.LeakyReLU(0.2),
        layers.Dense(32),
        layers.LeakyReLU(0.2),
        MinibatchSpread(),
        layers.Dense(1),
    ],
    name="critic",
)

bce = keras.losses.BinaryCrossentropy(from_logits=True)
opt_g = keras.optimizers.Adam(4e-4, beta_1=0.5)
opt_c = keras.optimizers.Adam(4e-4, beta_1=0.5)


@tf.function(reduce_retracing=True)
def play(real):
    noise = tf.random.normal((tf.shape(real)[0], NOISE))
    with tf.GradientTape() as tape_c, tf.GradientTape() as tape_g:
        fake = generator(noise, training=True)
        on_real = critic(real, training=True)
        on_fake = critic(fake, training=True)
        loss_c = bce(0.9 * tf.ones_like(on_real), on_real) + bce(tf.zeros_like(on_fake), on_fake)
        loss_g = bce(tf.ones_like(on_fake), on_fake)
    grads_c = tape_c.gradient(loss_c, critic.trainable_variables)
    grads_g = tape_g.gradient(loss_g, generator.trainable_variables)
    opt_c.apply_gradients(zip(grads_c, critic.trainable_variables))
    opt_g.apply_gradients(zip(grads_g, generator.trainable_variables))
    return loss_c, loss_g


table = measure_beds()
feed = tf.data.Dataset.from_tensor_slices(table).shuffle(len(table), seed=6).batch(BATCH)
for epoch in range(8):
    losses = [(c.numpy(), g.numpy()) for c, g in map(play, feed)]
    sample = generator(tf.random.normal((500, NOISE))).numpy()
    gap = np.abs(np.corrcoef(sample.T) - np.corrcoef(table.T)).mean()
    print(f"epoch {epoch}: critic {np.mean(losses, axis=0)[0]:.3f} generator {np.mean(losses, axis=0)[1]:.3f} corr gap {gap:.3f}")
