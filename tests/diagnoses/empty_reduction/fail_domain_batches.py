import numpy as np
import tensorflow as tf
import keras

tf.random.set_seed(15)
np.random.seed(15)

source = np.random.randn(280, 6).astype("float32")
target = np.random.randn(40, 6).astype("float32") + 0.7
x = np.concatenate([source, target])
is_target = np.r_[np.zeros(280), np.ones(40)].astype("int32")
y = (x[:, 0] > 0).astype("float32")
ds = tf.data.Dataset.from_tensor_slices((x, y, is_target)).shuffle(320, seed=15).batch(10)

features = keras.Sequential([keras.Input((6,)), keras.layers.Dense(16, activation="tanh")])
head = keras.Sequential([keras.Input((16,)), keras.layers.Dense(1)])
variables = features.trainable_variables + head.trainable_variables
opt = keras.optimizers.Adam(1e-3)
bce = keras.losses.BinaryCrossentropy(from_logits=True)


def moment_gap(f, domain):
    means = []
    for k in (0, 1):
        part = tf.gather(f, tf.where(domain == k)[:, 0])
        means.append(tf.reduce_mean(part, axis=0))  # whynan: empty_reduction phase=loss
    return tf.reduce_sum(tf.square(means[0] - means[1]))


@tf.function
def train_on(xb, yb, db):
    with tf.GradientTape() as tape:
        f = features(xb)
        loss = bce(yb[:, None], head(f)) + 0.1 * moment_gap(f, db)
    opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


for epoch in range(2):
    running = [float(train_on(*batch)) for batch in ds]
    print("epoch", epoch, "mean loss", np.mean(running), "first batches", np.round(running[:4], 3))
