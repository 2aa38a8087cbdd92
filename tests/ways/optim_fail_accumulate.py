import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(113)

net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)])
opt = keras.optimizers.Adam(1e-3)
loss_fn = keras.losses.MeanSquaredError()
ACCUMULATE = 4


def flush(buffers, count):
    mean = [b / tf.cast(count, tf.float32) for b in buffers]  # whynan: divide_by_zero phase=gradient|update
    opt.apply_gradients(zip(mean, net.trainable_variables))
    return [tf.zeros_like(v) for v in net.trainable_variables], 0


def run_epoch(ds):
    buffers = [tf.zeros_like(v) for v in net.trainable_variables]
    count, total = 0, 0.0
    for x, y in ds:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, net(x, training=True))
        grads = tape.gradient(loss, net.trainable_variables)
        buffers = [b + g for b, g in zip(buffers, grads)]
        count += 1
        total += float(loss)
        if count == ACCUMULATE:
            buffers, count = flush(buffers, count)
    flush(buffers, count)                # what is left over
    return total


x = np.random.normal(size=(256, 8)).astype("float32")
y = x[:, :2].sum(axis=1, keepdims=True)
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
for epoch in range(3):
    print(epoch, run_epoch(ds))
