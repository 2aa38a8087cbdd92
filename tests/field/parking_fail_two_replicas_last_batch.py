"""Occupancy of the multi-storey car parks, trained data-parallel on two devices.

The same model on one device trained for weeks without trouble. Since I moved it to MirroredStrategy the
first five steps of the first epoch look exactly as before and then everything is nan.
"""
import numpy as np
import tensorflow as tf
import keras

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()])
keras.utils.set_random_seed(404)

GLOBAL_BATCH = 40
N_FEATURES = 7


def make_records(n=201, seed=404):
    rng = np.random.default_rng(seed)
    hour = rng.uniform(0, 24, n)
    weekend = (rng.random(n) < 2 / 7).astype("float32")
    temperature = rng.normal(12, 7, n)
    event = (rng.random(n) < 0.1).astype("float32")
    distance = rng.uniform(0.1, 3.0, n)
    x = np.stack([np.sin(hour * np.pi / 12), np.cos(hour * np.pi / 12), weekend,
                  (temperature - 12) / 7, event, distance - 1.5, rng.normal(size=n)], axis=1)
    share = 0.55 - 0.3 * np.cos(hour * np.pi / 12) * (1 - 0.6 * weekend) + 0.2 * event - 0.08 * distance
    y = np.clip(share + rng.normal(0, 0.05, n), 0, 1)
    return x.astype("float32"), y.astype("float32")


class OccupancyNet(keras.Model):
    """Regression net that also learns the logarithm of the noise variance."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = keras.layers.Dense(32, activation="relu")
        self.out = keras.layers.Dense(1)
        self.log_noise = self.add_weight(shape=(), initializer="zeros", name="log_noise")

    def call(self, inputs):
        return tf.squeeze(self.out(self.hidden(inputs)), axis=-1)


strategy = tf.distribute.MirroredStrategy(
    devices=["/cpu:0", "/cpu:1"], cross_device_ops=tf.distribute.ReductionToOneDevice())

features, occupancy = make_records()
records = (tf.data.Dataset.from_tensor_slices((features, occupancy))
           .shuffle(512, seed=1)
           .batch(GLOBAL_BATCH))
per_device = strategy.experimental_distribute_dataset(records)

with strategy.scope():
    model = OccupancyNet()
    model(tf.zeros((1, N_FEATURES)))
    optimizer = keras.optimizers.Adam(3e-3)
    optimizer.build(model.trainable_variables)


def replica_step(batch):
    x, y = batch
    with tf.GradientTape() as tape:
        predicted = model(x, training=True)
        mse = tf.reduce_mean(tf.square(predicted - y))  # whynan: empty_reduction phase=loss|forward also=divide_by_zero
        s = tf.convert_to_tensor(model.log_noise)
        nll = 0.5 * tf.exp(-s) * mse + 0.5 * s
        loss = nll / strategy.num_replicas_in_sync
    variables = model.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


@tf.function
def train_step(batch):
    losses = strategy.run(replica_step, args=(batch,))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)


for epoch in range(4):
    seen = []
    for batch in per_device:
        seen.append(float(train_step(batch)))
    print(f"epoch {epoch}: " + " ".join(f"{v:.4f}" for v in seen))
