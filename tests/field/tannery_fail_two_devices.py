"""
Leather quality from process logs, data-parallel version.

Predicts softness and shrinkage temperature of finished hides at the same time;
the two errors are balanced with learned log-variances (Kendall et al. 2018).
Developed on the laptop with two virtual CPU devices, runs on the 2-GPU box.
"""
import keras
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(
    cpu, [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()]
)
keras.utils.set_random_seed(23)

GLOBAL_BATCH = 64
EPOCHS = 4


def load_hides(n=2002, seed=23):
    rng = np.random.default_rng(seed)
    ph = rng.normal(3.8, 0.2, n)
    chrome = rng.gamma(9.0, 0.25, n)
    hours = rng.uniform(4, 14, n)
    drum_rpm = rng.normal(12, 1.5, n)
    temp = rng.normal(38, 2, n)
    fat = rng.uniform(2, 9, n)
    thickness = rng.normal(1.6, 0.25, n)
    softness = 3 + 0.45 * fat - 1.1 * (thickness - 1.6) + 0.2 * (drum_rpm - 12) + rng.normal(0, 0.4, n)
    shrink = 70 + 9 * np.tanh(chrome - 2) + 1.2 * hours - 4 * (ph - 3.8) + rng.normal(0, 1.5, n)
    x = np.stack([ph, chrome, hours, drum_rpm, temp, fat, thickness], axis=1)
    y = np.stack([softness, shrink], axis=1)
    x = (x - x.mean(0)) / x.std(0)
    y = (y - y.mean(0)) / y.std(0)
    return x.astype("float32"), y.astype("float32")


class HideNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.h1 = keras.layers.Dense(48, activation="gelu")
        self.h2 = keras.layers.Dense(24, activation="gelu")
        self.head = keras.layers.Dense(2)
        self.log_var = self.add_weight(shape=(2,), initializer="zeros", name="log_var")

    def call(self, inputs):
        return self.head(self.h2(self.h1(inputs)))


strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
print("replicas:", strategy.num_replicas_in_sync)

x, y = load_hides()
order = np.random.permutation(len(x))
n_train = int(0.8 * len(x))
train, test = order[:n_train], order[n_train:]

train_ds = (
    tf.data.Dataset.from_tensor_slices((x[train], y[train]))
    .shuffle(len(train), seed=1)
    .batch(GLOBAL_BATCH)
)
train_ds = strategy.experimental_distribute_dataset(train_ds)

with strategy.scope():
    model = HideNet()
    model(tf.zeros([1, x.shape[1]]))
    optimizer = keras.optimizers.Adam(2e-3)
    optimizer.build(model.trainable_variables)


def replica_step(features, targets):
    with tf.GradientTape() as tape:
        pred = model(features)
        mse = tf.reduce_mean(tf.square(targets - pred), axis=0)  # whynan: empty_reduction phase=loss|forward
        log_var = tf.convert_to_tensor(model.log_var)
        loss = tf.reduce_sum(tf.exp(-log_var) * mse + log_var)
        loss = loss / strategy.num_replicas_in_sync
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


@tf.function
def train_step(features, targets):
    per_replica = strategy.run(replica_step, args=(features, targets))
    return strategy.reduce(tf.distribute.ReduceOp.SUM, per_replica, axis=None)


for epoch in range(EPOCHS):
    running = []
    for features, targets in train_ds:
        running.append(float(train_step(features, targets)))
    pred = model(x[test]).numpy()
    rmse = np.sqrt(np.mean((pred - y[test]) ** 2, axis=0))
    print(f"epoch {epoch}: loss {np.mean(running[-10:]):.4f}  rmse softness {rmse[0]:.3f}  shrinkage {rmse[1]:.3f}")
