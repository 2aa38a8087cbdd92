"""Where will the stork be in three hours?  GPS tags, residual network on top of "stays where it is".

The first loss that I print is sensible (some 20 km), every later one is nan, and so are all the weights. When I predict
absolute coordinates instead of an offset it does not happen, but then the start is thousands of kilometres off.
"""
import numpy as np
import tensorflow as tf
import keras

EARTH_KM = 6371.0
DEG = np.float32(np.pi / 180.0)


def tag_history(n, rng):
    hour = rng.integers(0, 24, size=n)
    season = rng.uniform(0.0, 1.0, size=n)
    last = np.stack([rng.uniform(30.0, 54.0, n), rng.uniform(-6.0, 30.0, n)], axis=1).astype("float32")
    tailwind = rng.normal(0.0, 4.0, size=n)
    thermals = np.clip(np.sin((hour - 8) / 12.0 * np.pi), 0.0, None)
    flying = (thermals > 0.2) & (rng.random(n) < 0.8)
    speed = 0.7 * thermals * (1.0 + 0.05 * tailwind)
    bearing = np.pi + 0.6 * (season - 0.5) + rng.normal(0.0, 0.2, size=n)
    offset = np.stack([np.cos(bearing) * speed, np.sin(bearing) * speed], axis=1)
    offset[~flying] = 0.0  # asleep on a roof: the tag repeats its fix
    following = last + offset.astype("float32")
    features = np.stack(
        [np.sin(hour / 12 * np.pi), np.cos(hour / 12 * np.pi), season, tailwind / 4.0, thermals], axis=1
    ).astype("float32")
    return features, last, following


def great_circle_km(here, there):
    lat1, lon1 = tf.unstack(here * DEG, axis=-1)
    lat2, lon2 = tf.unstack(there * DEG, axis=-1)
    a = tf.sin((lat2 - lat1) / 2.0) ** 2
    a += tf.cos(lat1) * tf.cos(lat2) * tf.sin((lon2 - lon1) / 2.0) ** 2
    a = tf.minimum(a, 1.0)  # rounding must not leave the domain of the arc sine
    return 2.0 * EARTH_KM * tf.asin(tf.sqrt(a))  # whynan: sqrt_grad_at_zero phase=gradient also=norm_grad_at_zero,clip_misuse


def offset_network(n_features):
    return keras.Sequential([
        keras.Input(shape=(n_features,)),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(32, activation="tanh"),
        keras.layers.Dense(2, kernel_initializer="zeros", name="offset_degrees"),
    ])


def run(epochs=3, batch=64, seed=31):
    keras.utils.set_random_seed(seed)
    features, last, following = tag_history(768, np.random.default_rng(seed))
    table = tf.data.Dataset.from_tensor_slices((features, last, following)).batch(batch)
    network = offset_network(features.shape[1])
    optimizer = keras.optimizers.Adam(3e-3)

    step = 0
    for epoch in range(epochs):
        for f, here, there in table:
            with tf.GradientTape() as tape:
                guess = here + network(f, training=True)
                loss = tf.reduce_mean(great_circle_km(guess, there))
            grads = tape.gradient(loss, network.trainable_variables)
            optimizer.apply_gradients(zip(grads, network.trainable_variables))
            if step % 6 == 0:
                print(f"epoch {epoch} step {step:3d}  error {float(loss):8.2f} km")
            step += 1


run()
