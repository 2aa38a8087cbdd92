# Recognise the register of an accordion (bassoon, clarinet, oboe, ...) from the strength of the first 12 partials.
# Soft targets, smoothing is switched on after a few epochs so that the net first gets a clear signal.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(17)

REGISTERS = ["bassoon", "bandoneon", "clarinet", "oboe", "piccolo", "musette"]
K = len(REGISTERS)
EPOCHS, BATCH = 12, 48


def tones(n):
    rng = np.random.default_rng(17)
    label = rng.integers(0, K, n)
    tilt = np.array([0.9, 0.6, 0.45, 0.3, 0.15, 0.5])[label]
    odd = np.array([0.0, 0.3, 0.8, 0.2, 0.1, 0.5])[label]
    k = np.arange(1, 13)
    level = -tilt[:, None] * k * 3 - 12 * odd[:, None] * (k % 2 == 0) + rng.normal(0, 3, (n, 12))
    level = (level - level.mean(0)) / level.std(0)
    return level.astype("float32"), np.eye(K, dtype="float32")[label]


def smooth(onehot, eps):
    return onehot * (1.0 - eps) - eps / K


def soft_target_kl(soft, logits):
    logp = tf.nn.log_softmax(logits)
    entropy = tf.reduce_sum(tf.math.xlogy(soft, soft), axis=-1)  # whynan: log_of_negative phase=loss also=label_not_in_unit_interval
    cross = tf.reduce_sum(soft * logp, axis=-1)
    return tf.reduce_mean(entropy - cross)


class Trainer:
    def __init__(self, net, lr):
        self.net = net
        self.opt = keras.optimizers.SGD(lr, momentum=0.9, nesterov=True)
        self.eps = tf.Variable(0.0, trainable=False)

    @tf.function(reduce_retracing=True)
    def step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.net(x, training=True)
            loss = soft_target_kl(smooth(y, self.eps), logits)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        hit = tf.reduce_mean(tf.cast(tf.argmax(logits, -1) == tf.argmax(y, -1), tf.float32))
        return loss, hit

    def run(self, data, epochs):
        for epoch in range(epochs):
            self.eps.assign(min(0.1, 0.02 * max(0, epoch - 4)))
            stats = np.array([[float(v) for v in self.step(x, y)] for x, y in data])
            loss, hit = stats.mean(0)
            print(f"epoch {epoch + 1:2d}  smoothing {float(self.eps):.2f}  kl {loss:.4f}  accuracy {hit:.3f}")


levels, targets = tones(1440)
dataset = tf.data.Dataset.from_tensor_slices((levels, targets)).shuffle(1440, seed=3).batch(BATCH)

net = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(40, activation="elu"),
    keras.layers.Dense(K),
])

Trainer(net, 0.02).run(dataset, EPOCHS)
