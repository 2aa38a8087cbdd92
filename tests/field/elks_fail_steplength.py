"""Behaviour of collared elks (resting / foraging / travelling) from two consecutive GPS fixes.

Fixes are UTM easting and northing in whole centimetres, as the collar stores them.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(99)


def load_collars(n=1800):
    rng = np.random.default_rng(99)
    start = rng.integers([44_000_000, 678_000_000], [47_000_000, 681_000_000], size=(n, 2))
    metres = rng.lognormal(np.log(150.0), 0.8, n)
    heading = rng.uniform(0, 2 * np.pi, n)
    delta = 100.0 * metres[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    fixes = np.stack([start, start + delta.astype(np.int64)], axis=1).astype(np.int32)
    hour = rng.integers(0, 24, n)
    noisy = metres * rng.lognormal(0, 0.2, n)
    behaviour = np.digitize(noisy, [80.0, 300.0])
    clock = np.stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi)], axis=1)
    return fixes, clock.astype("float32"), behaviour.astype("int32")


class BehaviourNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = keras.layers.Dense(24, activation="tanh")
        self.drop = keras.layers.Dropout(0.1)
        self.head = keras.layers.Dense(3)

    def step_length(self, fixes):
        step = fixes[:, 1] - fixes[:, 0]
        return tf.sqrt(tf.cast(tf.reduce_sum(step * step, axis=1), tf.float32)) / 100.0  # whynan: int_overflow phase=forward also=sqrt_of_negative

    def call(self, inputs, training=False):
        length = self.step_length(inputs["fixes"])
        z = tf.concat([length[:, None] / 250.0, inputs["clock"]], axis=1)
        return self.head(self.drop(self.hidden(z), training=training))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=logits)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, logits)
        return {m.name: m.result() for m in self.metrics}


fixes, clock, behaviour = load_collars()
cut = 1500

net = BehaviourNet()
net.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
net.fit({"fixes": fixes[:cut], "clock": clock[:cut]}, behaviour[:cut], batch_size=50, epochs=6, verbose=2)

logits = net({"fixes": tf.constant(fixes[cut:]), "clock": tf.constant(clock[cut:])}).numpy()
print("held-out accuracy", np.mean(logits.argmax(1) == behaviour[cut:]))
