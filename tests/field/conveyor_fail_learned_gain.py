"""Belt scale of a sugar beet line: a recursive filter whose gain comes from a small network.

The filter carries the weight on the belt and how sure it is about it; it is unrolled in a compiled loop over the
readings and trained on the likelihood of the next reading together with the true weight from the weighbridge.
Instead of a falling loss I get nan, with every seed that I tried, only the step differs.
"""
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(8)


@dataclass
class Scale:
    drift: float = 0.02          # variance that one second of belt adds
    reading_noise: float = 0.25  # variance of the load cell
    start_spread: float = 4.0    # we know little about the first second
    seconds: int = 40


SCALE = Scale()


def record_belts(count, scale):
    rng = np.random.default_rng(3)
    steps = rng.normal(0, np.sqrt(scale.drift), (count, scale.seconds))
    steps[:, 0] = rng.normal(0, np.sqrt(scale.start_spread), count)
    truth = np.cumsum(steps, axis=1)
    readings = truth + rng.normal(0, np.sqrt(scale.reading_noise), truth.shape)
    return readings.astype("float32"), truth.astype("float32")


gain_net = keras.Sequential([
    keras.Input((2,)),
    keras.layers.Dense(16, activation="tanh"),
    # a gain is positive; begin by nearly trusting the load cell
    keras.layers.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(0.5)),
], name="gain")
optimizer = keras.optimizers.Adam(1e-2, clipnorm=1.0)


@tf.function
def train_step(readings, truth):
    seen = tf.transpose(readings)
    wanted = tf.transpose(truth)
    seconds = tf.shape(seen)[0]
    with tf.GradientTape() as tape:
        level = tf.zeros_like(seen[0])
        before = tf.zeros_like(seen[0])
        spread = SCALE.start_spread * tf.ones_like(seen[0])
        objective = tf.constant(0.0)
        for t in tf.range(seconds):
            spread = spread + SCALE.drift
            surprise = seen[t] - level
            total = spread + SCALE.reading_noise
            objective += tf.reduce_mean(0.5 * tf.math.log(total) + 0.5 * surprise**2 / total)  # whynan: log_of_negative phase=forward|loss also=unconstrained_scale
            gain = gain_net(tf.stack([surprise, before], axis=-1))[:, 0]
            level = level + gain * surprise
            spread = (1.0 - gain) * spread
            objective += 0.2 * tf.reduce_mean(tf.square(level - wanted[t]))
            before = surprise
        loss = objective / tf.cast(seconds, tf.float32)
    grads = tape.gradient(loss, gain_net.trainable_variables)
    optimizer.apply_gradients(zip(grads, gain_net.trainable_variables))
    return loss


def main():
    readings, truth = record_belts(640, SCALE)
    belts = tf.data.Dataset.from_tensor_slices((readings, truth)).shuffle(640, seed=1).batch(32, drop_remainder=True)
    for epoch in range(8):
        losses = [float(train_step(r, w)) for r, w in belts]
        print(f"epoch {epoch + 1}: first {losses[0]:.4f}  last {losses[-1]:.4f}  mean {np.mean(losses):.4f}")


if __name__ == "__main__":
    main()
