"""Final moisture of paprika leaving the belt dryer, with a learned noise level.

Trial run of the multi-device version; both "devices" are the CPU until the
new machine arrives.
"""
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()])

import keras
from keras import layers

keras.utils.set_random_seed(9)

GLOBAL_BATCH = 64
EPOCHS = 4


def dryer_log(hours=2177):
    rng = np.random.default_rng(31)
    belt = rng.uniform(0.4, 1.6, hours)
    air = rng.normal(68.0, 5.0, hours)
    humid = rng.uniform(0.15, 0.65, hours)
    layer_mm = rng.normal(35.0, 6.0, hours)
    inlet = rng.normal(81.0, 2.5, hours)
    out = (11.0 + 4.5 * belt - 0.16 * (air - 68.0) + 6.0 * humid
           + 0.09 * (layer_mm - 35.0) + 0.2 * (inlet - 81.0)
           + 2.0 * belt * humid + rng.normal(0.0, 0.6, hours))
    x = np.stack([belt, air, humid, layer_mm, inlet], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    y = (out - out.mean()) / out.std()
    return x.astype("float32"), y.astype("float32")


class DryerModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([
            layers.Input((5,)),
            layers.Dense(32, activation="tanh"),
            layers.Dense(16, activation="tanh"),
            layers.Dense(1),
        ])
        self.log_noise = self.add_weight(name="log_noise", shape=(), initializer="zeros")

    def call(self, x):
        return tf.squeeze(self.body(x), axis=-1)


strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
print("replicas:", strategy.num_replicas_in_sync)

x, y = dryer_log()
table = tf.data.Dataset.from_tensor_slices((x, y))
table = table.shuffle(len(x), seed=4).batch(GLOBAL_BATCH).prefetch(2)
table = strategy.experimental_distribute_dataset(table)

with strategy.scope():
    model = DryerModel()
    model(tf.zeros((1, 5)))
    optimizer = keras.optimizers.Adam(3e-3)
    optimizer.build(model.trainable_variables)


def replica_step(xb, yb):
    with tf.GradientTape() as tape:
        error = yb - model(xb, training=True)
        mse = tf.reduce_mean(tf.square(error))  # whynan: empty_reduction phase=forward|loss
        nll = 0.5 * mse * tf.exp(-2.0 * model.log_noise) + model.log_noise
        share = nll / strategy.num_replicas_in_sync
    grads = tape.gradient(share, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return share


@tf.function
def train_step(xb, yb):
    per_replica = strategy.run(replica_step, args=(xb, yb))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, per_replica, axis=None)


for epoch in range(EPOCHS):
    history = [float(train_step(xb, yb)) for xb, yb in table]
    print(f"epoch {epoch + 1}: first {history[0]:.4f}  last {history[-1]:.4f}  "
          f"noise {float(np.exp(model.log_noise.numpy())):.3f}")
