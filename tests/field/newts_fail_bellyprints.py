"""Self-supervised embedding of great crested newt belly patterns.

Every newt was photographed several times; two photos of one animal are a positive pair.
Pattern descriptors (96 grid cells, blotch density) stand in for the images.
"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(311)
rng = np.random.default_rng(311)

N_NEWTS, CELLS, PHOTOS = 256, 96, 4
identity = rng.gamma(2.0, 1.0, size=(N_NEWTS, CELLS))
photos = identity[:, None, :] + rng.normal(0, 0.35, size=(N_NEWTS, PHOTOS, CELLS))
photos = ((photos - photos.mean()) / photos.std()).astype("float32")


def pair_batches(batch):
    order = rng.permutation(N_NEWTS)
    for start in range(0, N_NEWTS - batch + 1, batch):
        ids = order[start:start + batch]
        a = rng.integers(0, PHOTOS, size=batch)
        b = (a + rng.integers(1, PHOTOS, size=batch)) % PHOTOS
        yield photos[ids, a], photos[ids, b]


encoder = keras.Sequential([
    keras.Input((CELLS,)),
    keras.layers.Dense(128, activation="gelu"),
    keras.layers.LayerNormalization(),
    keras.layers.Dense(32),
])
optimizer = keras.optimizers.AdamW(1e-3, weight_decay=1e-4)


def embed(x):
    return tf.math.l2_normalize(encoder(x, training=True), axis=1)


def nt_xent(za, zb, tau):
    z = tf.concat([za, zb], axis=0)
    sim = tf.exp(tf.matmul(z, z, transpose_b=True) / tau)  # whynan: exp_overflow phase=forward|loss
    others = sim * (1.0 - tf.eye(tf.shape(z)[0]))
    positive = tf.exp(tf.reduce_sum(za * zb, axis=1) / tau)
    positive = tf.concat([positive, positive], axis=0)
    return -tf.reduce_mean(tf.math.log(positive / tf.reduce_sum(others, axis=1)))


@tf.function
def train_step(xa, xb, tau):
    with tf.GradientTape() as tape:
        loss = nt_xent(embed(xa), embed(xb), tau)
    grads = tape.gradient(loss, encoder.trainable_variables)
    optimizer.apply_gradients(zip(grads, encoder.trainable_variables))
    return loss


def top1():
    gallery = tf.math.l2_normalize(encoder(photos[:, 0]), axis=1)
    query = tf.math.l2_normalize(encoder(photos[:, 1]), axis=1)
    best = tf.argmax(tf.matmul(query, gallery, transpose_b=True), axis=1).numpy()
    return float((best == np.arange(N_NEWTS)).mean())


# sharpen the contrast as the embedding gets better
for epoch in range(14):
    tau = 0.1 * 0.75 ** epoch
    losses = []
    for _ in range(4):
        for xa, xb in pair_batches(64):
            losses.append(float(train_step(xa, xb, tf.constant(tau, tf.float32))))
    print(f"epoch {epoch:2d}  tau {tau:.4f}  loss {np.mean(losses):.4f}  top1 {top1():.3f}")
