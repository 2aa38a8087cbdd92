import keras
import numpy as np
import tensorflow as tf

cpus = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpus[0], [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras.utils.set_random_seed(130)

x = np.random.normal(size=(256, 6)).astype("float32")
y = (x[:, 0] > x[:, 1]).astype("float32")
x[147, 2] = np.nan  # whynan: nan_in_input phase=data rows=147 replica=1

with strategy.scope():
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")

print("replicas", strategy.num_replicas_in_sync)
model.fit(x, y, batch_size=32, epochs=2, shuffle=False, verbose=2)
