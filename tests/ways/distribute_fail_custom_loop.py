"""Custom loop on two replicas; the loss is averaged over the foreground pixels of a replica."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

cpus = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(131)

depth = np.random.uniform(0.5, 5, size=(64, 6, 6, 1)).astype("float32")
seen = (np.random.rand(64, 6, 6, 1) < 0.5).astype("float32")
seen[40:44] = 0                                     # lens cap
rgb = np.concatenate([depth, depth ** 2 / 5, np.ones_like(depth)], axis=-1)
ds = tf.data.Dataset.from_tensor_slices((rgb, depth, seen)).batch(8)
dist = strategy.experimental_distribute_dataset(ds)

with strategy.scope():
    net = keras.Sequential([keras.Input((6, 6, 3)), layers.Conv2D(8, 3, padding="same", activation="elu"), layers.Conv2D(1, 1)])
    opt = keras.optimizers.SGD(0.01)


def replica_step(image, target, valid):
    with tf.GradientTape() as tape:
        err = tf.abs(net(image, training=True) - target)
        loss = tf.reduce_sum(err * valid) / tf.reduce_sum(valid)  # whynan: divide_by_zero phase=loss also=empty_reduction,zero_weight_sum replica=0
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


@tf.function
def train_step(batch):
    losses = strategy.run(replica_step, args=batch)
    return strategy.reduce(tf.distribute.ReduceOp.MEAN, losses, axis=None)


for epoch in range(2):
    for batch in dist:
        print(epoch, float(train_step(batch)))
