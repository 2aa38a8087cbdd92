# whynan: healthy
"""Somebody who has been bitten before: asserts everywhere, and a test that they fire."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)


def guard_works():
    try:
        tf.debugging.check_numerics(tf.math.log(tf.constant([0.0, 1.0])), "guard")
    except tf.errors.InvalidArgumentError:
        return True
    return False


assert guard_works()
tf.debugging.assert_equal(tf.math.is_nan(tf.constant(0.0) / tf.constant(0.0)), True)

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(12, activation="relu"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(0.01)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        pred = tf.debugging.check_numerics(model(x), "prediction")
        loss = tf.reduce_mean(tf.abs(pred - y))
    grads = tape.gradient(loss, model.trainable_variables)
    for g in grads:
        tf.debugging.assert_all_finite(g, "gradient")
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss


x = np.random.normal(size=(120, 4)).astype("float32")
y = x[:, :1] * 2
for i in range(10):
    print(i, float(step(x, y)))
