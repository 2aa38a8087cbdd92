"""How alike are two flats on the market? People rated pairs, I learn an embedding whose cosine follows the ratings.

Ratings bunch near the ends, so I compare on the Fisher scale as one does with correlations. The very first loss printed
is inf or nan. Ratings are all strictly between -1 and 1, and no embedding is the zero vector.
"""
import keras
import numpy as np
import tensorflow as tf

FEATURES = 18
CONFIG = {"pairs": 256, "steps": 120, "lr": 4e-3, "seed": 21}


def flats_in_pairs(pairs, seed):
    rng = np.random.default_rng(seed)
    left = rng.normal(size=(pairs, FEATURES)).astype("float32")
    right = rng.normal(size=(pairs, FEATURES)).astype("float32")
    taste = rng.normal(size=(FEATURES, 3))
    a, b = left @ taste, right @ taste
    opinion = (a * b).sum(1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    rating = np.clip(0.95 * opinion + rng.normal(0.0, 0.02, pairs), -0.97, 0.97)

    reposted = rng.choice(pairs, size=12, replace=False)  # the agent put the same flat online again
    right[reposted] = left[reposted]
    rating[reposted] = 0.97
    return left, right, rating.astype("float32")


def make_encoder():
    return keras.Sequential(
        [
            keras.Input((FEATURES,)),
            keras.layers.Dense(32, activation="tanh"),
            keras.layers.Dense(12),
        ],
        name="encoder",
    )


def cosine(u, v):
    dot = tf.reduce_sum(u * v, axis=1)
    return dot / (tf.norm(u, axis=1) * tf.norm(v, axis=1) + 1e-9)


def fisher_loss(rating, similarity):
    z_pred = tf.math.atanh(similarity)  # whynan: special_function_domain phase=forward|loss
    z_true = tf.math.atanh(rating)
    return tf.reduce_mean(tf.square(z_pred - z_true))


def train(config):
    keras.utils.set_random_seed(config["seed"])
    left, right, rating = map(tf.constant, flats_in_pairs(config["pairs"], config["seed"]))
    encoder = make_encoder()
    optimizer = keras.optimizers.Adam(config["lr"])
    for step in range(config["steps"]):
        with tf.GradientTape() as tape:
            similarity = cosine(encoder(left, training=True), encoder(right, training=True))
            loss = fisher_loss(rating, similarity)
        grads = tape.gradient(loss, encoder.trainable_variables)
        optimizer.apply_gradients(zip(grads, encoder.trainable_variables))
        if step % 20 == 0:
            print(f"step {step:3d}  loss {float(loss):.4f}")
    return encoder


train(CONFIG)
