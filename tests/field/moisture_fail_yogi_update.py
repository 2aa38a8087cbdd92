"""Soil moisture from radar backscatter. Adam overshoots on this data, so I wrote Yogi from the paper myself. The first
loss that is printed is fine, everything after it is nan. Smaller rates do not change anything, with Adam from Keras the
same loop is stable."""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(31)

CONFIG = dict(rate=5e-3, beta1=0.9, beta2=0.999, eps=1e-3, initial=1e-6, batch=40, epochs=5)


class Yogi:
    """Additive second moment (Zaheer et al., 2018): grows and shrinks slower than the one of Adam."""

    def __init__(self, variables, cfg):
        self.variables = list(variables)
        self.cfg = cfg
        self.step = tf.Variable(0.0)
        self.first = [tf.Variable(tf.zeros(v.shape)) for v in self.variables]
        self.second = [tf.Variable(tf.fill(v.shape, cfg["initial"])) for v in self.variables]

    def apply(self, gradients):
        b1, b2 = self.cfg["beta1"], self.cfg["beta2"]
        self.step.assign_add(1.0)
        rate = self.cfg["rate"] * tf.sqrt(1.0 - tf.pow(b2, self.step)) / (1.0 - tf.pow(b1, self.step))
        for var, g, m, s in zip(self.variables, gradients, self.first, self.second):
            g_sq = tf.square(g)
            m.assign(b1 * m + (1.0 - b1) * g)
            s.assign(s + (1.0 - b2) * tf.sign(s - g_sq) * g_sq)
            var.assign_sub(rate * m / (tf.sqrt(s) + self.cfg["eps"]))  # whynan: sqrt_of_negative phase=update


def simulate_scenes(rng, n=800):
    moisture = rng.uniform(0.04, 0.45, n)
    roughness = rng.gamma(4.0, 0.4, n)
    angle = rng.uniform(np.deg2rad(25), np.deg2rad(45), n)
    vv = -17.0 + 22.0 * moisture + 3.0 * np.log(roughness) - 6.0 * (angle - 0.6) + rng.normal(0, 0.7, n)
    vh = -24.0 + 12.0 * moisture + 4.0 * np.log(roughness) - 4.0 * (angle - 0.6) + rng.normal(0, 0.8, n)
    ndvi = np.clip(rng.normal(0.45, 0.15, n), 0.0, 0.95)
    x = np.stack([vv, vh, vv - vh, np.rad2deg(angle), ndvi], axis=1)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = (moisture - moisture.mean()) / moisture.std()
    return x.astype("float32"), y.astype("float32")[:, None]


def build_net(width):
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(width),
    ])


x, y = simulate_scenes(np.random.default_rng(31))
net = build_net(1)
optimizer = Yogi(net.trainable_variables, CONFIG)


@tf.function
def train_step(features, target):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(net(features, training=True) - target))
    gradients = tape.gradient(loss, net.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
    optimizer.apply(gradients)
    return loss


data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(800, seed=31).batch(CONFIG["batch"])
for epoch in range(CONFIG["epochs"]):
    losses = [float(train_step(bx, by)) for bx, by in data]
    print(f"epoch {epoch}: first batch {losses[0]:.4f}, mean {np.mean(losses):.4f}")
