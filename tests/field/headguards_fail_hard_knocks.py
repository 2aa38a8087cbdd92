"""Impact or no impact: 64-sample windows from the accelerometer in a mouthguard (rugby, 3 axes, one byte per sample).

Works on the recordings of the junior team. With those of the first team the loss turns nan in the first epoch and never
comes back. The sensor delivers whole bytes, there is nothing missing, and I only take the absolute value of them.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

SAMPLES, AXES = 64, 3
FIRST_TEAM_KNOCKS = {23: -240.0, 88: -255.0, 140: -262.0, 61: 238.0}  # what the high-range reference sensor saw, in g


def recordings(n, seed, knocks=None):
    """Windows as stored by the guard (signed bytes, 1 g per count) and whether the video shows an impact."""
    rng = np.random.default_rng(seed)
    g = rng.normal(0.0, 4.0, (n, SAMPLES, AXES))
    impact = rng.random(n) < 0.45
    pulse = np.sin(np.linspace(0.0, np.pi, 7))
    for i in np.flatnonzero(impact):
        start, axis = rng.integers(6, 50), rng.integers(AXES)
        g[i, start : start + 7, axis] += rng.choice([-1.0, 1.0]) * rng.uniform(30, 95) * pulse
    for i, peak in (knocks or {}).items():
        g[i, 30:37, 0] += peak * pulse
        impact[i] = True
    counts = np.clip(np.round(g), -128, 127).astype("int8")
    return counts, impact.astype("float32")[:, None]


def magnitude(counts):
    """Direction depends on how the guard sits, so only the size is kept, as a share of full scale."""
    return np.abs(counts).astype("float32") / 127.0


class Compander(layers.Layer):
    """Quiet movements should not vanish beside impacts."""

    def call(self, x):
        return ops.sqrt(x)  # whynan: sqrt_of_negative phase=forward rows=23,88,140 also=int_overflow


class ImpactDetector(keras.Model):
    def __init__(self, backbone, consistency=0.1):
        super().__init__()
        self.backbone = backbone
        self.consistency = consistency
        self.bce = keras.losses.BinaryCrossentropy(from_logits=True)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def call(self, x, training=False):
        return self.backbone(x, training=training)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            forwards = self(x, training=True)
            backwards = self(tf.reverse(x, axis=[1]), training=True)
            loss = self.bce(y, forwards)
            loss += self.consistency * tf.reduce_mean(tf.square(forwards - backwards))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


def make_backbone():
    return keras.Sequential(
        [
            keras.Input((SAMPLES, AXES)),
            Compander(),
            layers.Conv1D(16, 5, strides=2, activation="gelu"),
            layers.Conv1D(16, 5, strides=2, activation="gelu"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(16, activation="gelu"),
            layers.Dense(1),
        ]
    )


def main():
    keras.utils.set_random_seed(15)
    counts, impact = recordings(256, seed=40, knocks=FIRST_TEAM_KNOCKS)
    print("range of the bytes:", counts.min(), counts.max())

    detector = ImpactDetector(make_backbone())
    detector.compile(optimizer=keras.optimizers.Adam(1e-3))
    detector.fit(magnitude(counts), impact, batch_size=32, epochs=4, verbose=2)


if __name__ == "__main__":
    main()
