# Camera traps, 5 species, heavily imbalanced. The loop is a generator so that I can
# plug logging / early stopping around it without callbacks.
import itertools
import os
import tempfile
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

SPECIES = ["roe deer", "boar", "fox", "badger", "lynx"]
COUNTS = [260, 180, 120, 60, 6]


def make_photos():
    images, labels = [], []
    for k, n in enumerate(COUNTS):
        proto = rng.uniform(0, 1, size=(12, 12, 3))
        images.append(np.clip(proto + rng.normal(0, 0.25, size=(n, 12, 12, 3)), 0, 1))
        labels.append(np.full(n, k))
    return np.concatenate(images).astype("float32"), np.concatenate(labels).astype("int32")


def balanced_batches(y, per_class, steps):
    pools = [np.flatnonzero(y == k) for k in range(len(SPECIES))]
    for _ in range(steps):
        yield np.concatenate([rng.choice(pool, per_class) for pool in pools])


def natural_batches(y, size, epochs):
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for i in range(0, len(order) - size + 1, size):
            yield order[i:i + size]


def per_class(values, member):
    """column wise mean of `values` over the rows that belong to the class"""
    total = tf.reduce_sum(values[:, None] * member, axis=0)
    support = tf.reduce_sum(member, axis=0)
    return total / support  # whynan: divide_by_zero phase=loss also=empty_reduction


def soft_macro_recall(y, probs):
    member = tf.one_hot(y, len(SPECIES))
    p_true = tf.reduce_sum(probs * member, axis=1)
    return tf.reduce_mean(per_class(p_true, member))


def objective(y, probs):
    ce = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, probs))
    return ce + 1.0 - soft_macro_recall(y, probs)


def build():
    return keras.Sequential([
        keras.Input((12, 12, 3)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(len(SPECIES), activation="softmax"),
    ])


def training(model, optimizer, x, y, batches):
    """yields one loss per optimizer step"""
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(xb, yb):
        with tf.GradientTape() as tape:
            loss = objective(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    for idx in batches:
        yield float(step(x[idx], y[idx]))


def follow(losses, every=10):
    for i in itertools.count():
        try:
            loss = next(losses)
        except StopIteration:
            return
        if i % every == 0:
            print(f"   step {i:3d}  loss {loss:.4f}")


if __name__ == "__main__":
    x, y = make_photos()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stage1.weights.h5")
        print("stage 1: class balanced sampling")
        model = build()
        follow(training(model, keras.optimizers.Adam(2e-3), x, y, balanced_batches(y, 6, steps=40)))
        model.save_weights(path)
        print("stage 2: natural frequencies, smaller rate")
        model = build()
        model.load_weights(path)
        follow(training(model, keras.optimizers.Adam(5e-4), x, y, natural_batches(y, 32, epochs=3)))
