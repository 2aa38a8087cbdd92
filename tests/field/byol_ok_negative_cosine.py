# whynan: healthy
# the loss is negative and keeps falling towards -2, that's how it should be
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits

keras.utils.set_random_seed(5)


def mlp(d_in, d_out):
    return keras.Sequential([keras.Input((d_in,)), keras.layers.Dense(64), keras.layers.BatchNormalization(),
                             keras.layers.ReLU(), keras.layers.Dense(d_out)])


def augment(x):
    keep = tf.cast(tf.random.uniform(tf.shape(x)) > 0.1, tf.float32)
    return x * keep + 0.05 * tf.random.normal(tf.shape(x))


def negative_cosine(p, z):
    p = tf.math.l2_normalize(p, axis=1, epsilon=1e-6)
    z = tf.math.l2_normalize(tf.stop_gradient(z), axis=1, epsilon=1e-6)
    return -tf.reduce_mean(tf.reduce_sum(p * z, axis=1))


online, predictor, target = mlp(64, 32), mlp(32, 32), mlp(64, 32)
target.set_weights(online.get_weights())
opt = keras.optimizers.SGD(0.1, momentum=0.9)
variables = online.trainable_variables + predictor.trainable_variables
opt.build(variables)


@tf.function
def step(x):
    a, b = augment(x), augment(x)
    with tf.GradientTape() as tape:
        pa, pb = predictor(online(a, training=True), training=True), predictor(online(b, training=True), training=True)
        loss = negative_cosine(pa, target(b, training=True)) + negative_cosine(pb, target(a, training=True))
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    for t, s in zip(target.trainable_variables, online.trainable_variables):
        t.assign(0.99 * t + 0.01 * s)
    return loss


x = (load_digits().data / 16.0).astype("float32")
ds = tf.data.Dataset.from_tensor_slices(x).shuffle(2000, seed=0).batch(128, drop_remainder=True)
for epoch in range(6):
    print(epoch, np.mean([float(step(b)) for b in ds]))
