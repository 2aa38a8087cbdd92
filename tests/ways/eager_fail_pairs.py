"""Face verification toy: pull pairs of the same person together, push others apart."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(11)


def build_encoder(dim=16):
    return keras.Sequential([
        keras.Input((24,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(dim),
    ])


def make_pairs(n):
    people = np.random.normal(size=(20, 24)).astype("float32")
    ids = np.random.randint(0, 20, size=(n, 2))
    left = people[ids[:, 0]] + 0.1 * np.random.normal(size=(n, 24)).astype("float32")
    right = people[ids[:, 1]] + 0.1 * np.random.normal(size=(n, 24)).astype("float32")
    same = (ids[:, 0] == ids[:, 1]).astype("float32")
    # the export contains some images twice
    right[40] = left[40]
    same[40] = 1.0
    return left, right, same


def contrastive(za, zb, same, margin=1.0):
    d = tf.norm(za - zb, axis=1)  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero
    return tf.reduce_mean(same * d + (1 - same) * tf.nn.relu(margin - d))


def train(encoder, left, right, same, epochs=3, batch=32):
    opt = keras.optimizers.Adam(1e-3)
    for epoch in range(epochs):
        total = 0.0
        for i in range(0, len(left), batch):
            with tf.GradientTape() as tape:
                za = encoder(left[i:i + batch], training=True)
                zb = encoder(right[i:i + batch], training=True)
                loss = contrastive(za, zb, same[i:i + batch])
            grads = tape.gradient(loss, encoder.trainable_variables)
            opt.apply_gradients(zip(grads, encoder.trainable_variables))
            total += float(loss)
        print(f"epoch {epoch}: {total:.4f}")


if __name__ == "__main__":
    encoder = build_encoder()
    train(encoder, *make_pairs(160))
