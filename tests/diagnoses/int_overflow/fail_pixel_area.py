"""Object size head: the loss compares log areas (in square pixels of the original scan)."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(81)
rng = np.random.default_rng(81)
features = rng.normal(size=(200, 8)).astype("float32")
width = np.exp(8.0 + 0.4 * features[:, 0]).astype("int32")
height = np.exp(8.0 + 0.4 * features[:, 1]).astype("int32")
width[[23, 150]], height[[23, 150]] = 52000, 47000   # whole slide
sizes = np.stack([width, height], 1)


def log_area_error(size, prediction):
    area = size[:, 0] * size[:, 1]
    target = tf.math.log(tf.cast(area, tf.float32))  # whynan: int_overflow phase=loss rows=23,150 also=log_of_negative
    return tf.abs(prediction[:, 0] - target)


model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(0.01)
dataset = tf.data.Dataset.from_tensor_slices((features, sizes)).batch(20)


@tf.function
def train_step(f, s):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(log_area_error(s, model(f, training=True)))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


for epoch in range(3):
    print("epoch", epoch, [round(float(train_step(f, s)), 3) for f, s in dataset])
