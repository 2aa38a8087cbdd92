"""Self-supervised embeddings of ladybird wing-case patterns (spot descriptors).

Two noisy views of the same beetle are pulled together, all others are pushed apart.
The temperature is lowered every epoch: soft at first, sharper later on.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)

EPOCHS = 16
BATCH = 64


def beetles(n=768, n_species=9, dim=28):
    rng = np.random.default_rng(90)
    prototypes = rng.normal(size=(n_species, dim))
    species = rng.integers(0, n_species, n)
    spots = prototypes[species] + 0.5 * rng.normal(size=(n, dim))
    return spots.astype("float32"), species


def temperature(epoch):
    return 0.5 * 0.7 ** epoch


encoder = keras.Sequential([
    keras.Input((28,)),
    keras.layers.Dense(64, activation="gelu"),
    keras.layers.LayerNormalization(),
    keras.layers.Dense(16),
])
adam = keras.optimizers.Adam(5e-4)


def view(x):
    keep = tf.cast(tf.random.uniform(tf.shape(x)) > 0.15, x.dtype)
    return x * keep + 0.1 * tf.random.normal(tf.shape(x))


def pair_loss(left, right, tau):
    n = tf.shape(left)[0]
    z = tf.concat([left, right], axis=0)
    sim = tf.matmul(z, z, transpose_b=True)
    others = 1.0 - tf.eye(2 * n)
    mass = tf.reduce_sum(tf.exp(sim / tau) * others, axis=1)  # whynan: exp_overflow phase=loss
    partner = tf.reduce_sum(left * right, axis=1)
    partner = tf.concat([partner, partner], axis=0)
    return tf.reduce_mean(tf.math.log(mass) - partner / tau)


@tf.function
def update(batch, tau):
    with tf.GradientTape() as tape:
        left = tf.math.l2_normalize(encoder(view(batch), training=True), axis=1)
        right = tf.math.l2_normalize(encoder(view(batch), training=True), axis=1)
        loss = pair_loss(left, right, tau)
    grads = tape.gradient(loss, encoder.trainable_variables)
    adam.apply_gradients(zip(grads, encoder.trainable_variables))
    return loss


spots, species = beetles()
stream = tf.data.Dataset.from_tensor_slices(spots).shuffle(768, seed=1).batch(BATCH, drop_remainder=True)

for epoch in range(EPOCHS):
    tau = tf.constant(temperature(epoch), tf.float32)
    losses = [update(b, tau) for b in stream]
    print(f"epoch {epoch:2d}  loss {float(tf.add_n(losses)) / len(losses):.4f}")

emb = tf.math.l2_normalize(encoder(spots), axis=1).numpy()
near = np.argsort(-emb @ emb.T, axis=1)[:, 1]
print("nearest neighbour is the same species:", np.mean(species[near] == species))
