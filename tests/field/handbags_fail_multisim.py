"""Learn an embedding for handbag photos so that we can find the same model in the shop
catalogue. Multi-similarity loss (Wang et al., CVPR 2019), P x K batches."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(4)
rng = np.random.default_rng(4)

N_MODELS, PER_MODEL, PX = 30, 16, 24
P, K = 8, 4


def photos_of(model_id):
    r = np.random.default_rng(1000 + model_id)
    colour = r.uniform(0.1, 0.9, 3)
    trim = r.uniform(0.1, 0.9, 3)
    height, width = r.integers(8, 15), r.integers(10, 20)
    out = []
    for _ in range(PER_MODEL):
        img = np.ones((PX, PX, 3)) * rng.uniform(0.7, 1.0)
        y0 = PX - height - rng.integers(0, 3)
        x0 = rng.integers(0, PX - width + 1)
        img[y0:y0 + height, x0:x0 + width] = colour
        img[y0:y0 + 2, x0:x0 + width] = trim
        img[max(y0 - 5, 0):y0, x0 + width // 3] = trim
        img[max(y0 - 5, 0):y0, x0 + 2 * width // 3] = trim
        img = img * rng.uniform(0.8, 1.1) + rng.normal(0, 0.03, img.shape)
        out.append(np.clip(img, 0, 1))
    return out


images = np.concatenate([photos_of(m) for m in range(N_MODELS)]).astype("float32")
ids = np.repeat(np.arange(N_MODELS), PER_MODEL)
images = (images - images.mean((0, 1, 2))) / images.std((0, 1, 2))


def sample_batch():
    chosen = rng.choice(N_MODELS, P, replace=False)
    rows = np.concatenate([rng.choice(np.flatnonzero(ids == c), K, replace=False) for c in chosen])
    return tf.constant(images[rows]), tf.constant(ids[rows], tf.int32)


embedder = keras.Sequential(
    [
        layers.Input((PX, PX, 3)),
        layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", kernel_initializer="he_normal"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", kernel_initializer="he_normal"),
        layers.Flatten(),
        layers.Dense(128, name="embedding"),
    ]
)


def multi_similarity(labels, emb, alpha=2.0, beta=50.0, base=0.5):
    sim = tf.matmul(emb, emb, transpose_b=True)
    same = tf.cast(labels[:, None] == labels[None, :], tf.float32)
    pos = same - tf.eye(tf.shape(emb)[0])
    neg = 1.0 - same
    pull = tf.reduce_sum(pos * tf.exp(-alpha * (sim - base)), axis=1)
    push = tf.reduce_sum(neg * tf.exp(beta * (sim - base)), axis=1)  # whynan: exp_overflow phase=forward|loss
    return tf.reduce_mean(tf.math.log1p(pull) / alpha + tf.math.log1p(push) / beta)


optimizer = keras.optimizers.Adam(5e-4)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = multi_similarity(y, embedder(x, training=True))
    grads = tape.gradient(loss, embedder.trainable_variables)
    optimizer.apply_gradients(zip(grads, embedder.trainable_variables))
    return loss


for epoch in range(4):
    losses = [float(step(*sample_batch())) for _ in range(30)]
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")

E = embedder.predict(images, verbose=0)
E = E / (np.linalg.norm(E, axis=1, keepdims=True) + 1e-9)
S = E @ E.T
np.fill_diagonal(S, -2)
print("recall@1:", np.mean(ids[S.argmax(1)] == ids))
