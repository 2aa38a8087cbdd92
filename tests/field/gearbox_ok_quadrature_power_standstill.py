"""State of a gearbox (off, fine, worn bearing, loose foot) from raw vibration windows.

When the machine is off the logger writes exact zeros, a quarter of all windows. The filter bank takes the root of
re^2 + im^2 on them. I expected trouble from the derivative of the root and keep watching the gradient norm.
"""
import keras
import numpy as np
import tensorflow as tf

RATE = 2000.0
WINDOW = 512
STATES = ["off", "fine", "worn_bearing", "loose_foot"]


def record(state, rng):
    if state == 0:
        return np.zeros(WINDOW)
    t = np.arange(WINDOW) / RATE
    tone = lambda hz, a: a * np.sin(2 * np.pi * hz * (1 + 0.01 * rng.normal()) * t + rng.uniform(0, 2 * np.pi))
    signal = tone(50.0, rng.uniform(0.5, 1.0)) + tone(300.0, rng.uniform(0.2, 0.5))
    if state == 2:
        signal += tone(650.0, rng.uniform(0.2, 0.6))
    if state == 3:
        signal += tone(450.0, rng.uniform(0.2, 0.6))
    return signal + rng.normal(0, 0.1, WINDOW)


def logbook(n, seed):
    rng = np.random.default_rng(seed)
    states = rng.integers(0, len(STATES), n)
    windows = np.stack([record(s, rng) for s in states])
    return windows.astype("float32")[:, :, None], states.astype("int32")


class QuadratureBank(keras.layers.Layer):
    """Pairs of cosine and sine filters with learned centre frequencies (in hundredths of a cycle per sample)."""

    def __init__(self, filters=16, width=64, hop=16, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.width, self.hop = filters, width, hop

    def build(self, input_shape):
        self.tuning = self.add_weight(
            name="tuning", shape=(self.filters,), initializer=keras.initializers.RandomUniform(2.0, 45.0, seed=5)
        )

    def call(self, x):
        t = tf.range(self.width, dtype=tf.float32)[:, None]
        phase = 2.0 * np.pi * 0.01 * t * tf.convert_to_tensor(self.tuning)[None, :]
        taper = tf.signal.hann_window(self.width)[:, None]
        cosine = (taper * tf.cos(phase))[:, None, :]
        sine = (taper * tf.sin(phase))[:, None, :]
        re = tf.nn.conv1d(x, cosine, stride=self.hop, padding="VALID")
        im = tf.nn.conv1d(x, sine, stride=self.hop, padding="VALID")
        return tf.sqrt(tf.square(re) + tf.square(im))


class Monitor(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.bank = QuadratureBank()
        self.hidden = keras.layers.Dense(24, activation="relu")
        self.out = keras.layers.Dense(len(STATES))

    def call(self, x):
        magnitude = self.bank(x)
        power = tf.reduce_mean(tf.square(magnitude), axis=1)
        return self.out(self.hidden(tf.math.log1p(power)))


keras.utils.set_random_seed(90)
x_train, y_train = logbook(800, seed=1)
x_test, y_test = logbook(200, seed=2)
batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(800, seed=3).batch(32)

monitor = Monitor()
monitor(x_train[:1])
optimizer = keras.optimizers.Adam(1e-2)
criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        loss = criterion(y, monitor(x, training=True))
    gradients = tape.gradient(loss, monitor.trainable_variables)
    optimizer.apply_gradients(zip(gradients, monitor.trainable_variables))
    return loss, tf.linalg.global_norm(gradients)


for epoch in range(10):
    losses, norms = [], []
    for x, y in batches:
        loss, norm = train_step(x, y)  # whynan: healthy
        losses.append(float(loss))
        norms.append(float(norm))
    hit = np.mean(monitor(x_test).numpy().argmax(axis=1) == y_test)
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, gradient norm up to {max(norms):.3f}, test {hit:.3f}")
