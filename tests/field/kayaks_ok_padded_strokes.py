"""Which paddler is in the boat?  Force and angle of a kayak paddle, recordings of different length."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

LONGEST = 56
PADDLERS = 3


def record(who):
    length = rng.integers(12, LONGEST + 1)
    t = np.arange(length)
    pace = [0.45, 0.6, 0.8][who] * rng.normal(1, 0.04)
    phase = rng.uniform(0, 2 * np.pi)
    force = [210, 180, 150][who] * np.maximum(np.sin(pace * t + phase), 0) + rng.normal(0, 15, length)
    angle = 35 * np.cos(pace * t + phase) + rng.normal(0, 4, length)
    return np.stack([force, angle], axis=1)


who = rng.integers(0, PADDLERS, 900)
recordings = np.full((len(who), LONGEST, 2), np.nan, "float32")
for row, w in enumerate(who):
    r = record(w)
    recordings[row, :len(r)] = r
recordings -= np.nanmean(recordings, axis=(0, 1))
recordings /= np.nanstd(recordings, axis=(0, 1))
who = who.astype("int32")


def masked_max(h, keep):
    return tf.reduce_max(tf.where(keep[..., tf.newaxis], h, -np.inf), axis=1)


def self_check():
    h = tf.ones((2, 4, 3))
    keep = tf.constant([[True, False, True, True], [True, True, False, False]])
    tf.debugging.assert_near(masked_max(h, keep), tf.ones((2, 3)))
    try:
        empty = masked_max(h, tf.zeros((2, 4), tf.bool))
        tf.debugging.check_numerics(empty, "empty recording")
    except tf.errors.InvalidArgumentError:
        print("self check: an empty recording would be noticed")


class PaddleNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv1 = keras.layers.Conv1D(24, 5, padding="same", activation="relu")
        self.conv2 = keras.layers.Conv1D(32, 5, padding="same", activation="relu")
        self.head = keras.layers.Dense(PADDLERS)

    def call(self, x):
        keep = ~tf.math.is_nan(x[..., 0])
        x = tf.where(keep[..., tf.newaxis], x, 0.0)
        return self.head(masked_max(self.conv2(self.conv1(x)), keep))


self_check()
net = PaddleNet()
net(tf.constant(recordings[:2]))
print(net.count_params(), "parameters")
opt = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)
xent = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
seen_loss = keras.metrics.Mean()
seen_acc = keras.metrics.SparseCategoricalAccuracy()


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = net(x)
        loss = xent(y, logits)
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))  # whynan: healthy
    seen_loss.update_state(loss)
    seen_acc.update_state(y, logits)


train = tf.data.Dataset.from_tensor_slices((recordings[:720], who[:720])).shuffle(720, seed=5).batch(48)
for epoch in range(10):
    seen_loss.reset_state()
    seen_acc.reset_state()
    for x, y in train:
        train_step(x, y)
    print(f"epoch {epoch}: loss {float(seen_loss.result()):.4f}  accuracy {float(seen_acc.result()):.3f}")

test_logits = net(tf.constant(recordings[720:])).numpy()
print("test accuracy", np.mean(test_logits.argmax(axis=1) == who[720:]))
