"""Per-pixel glacier mask from two bands and elevation, with a polynomial decay that starts again.

I rewrote our old slim schedule for Keras 3 (the decay horizon jumps to the next multiple of decay_steps
whenever training goes past it). The first loss is fine, 0.7, everything afterwards is nan. A constant
rate of 0.002 works.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(33)


class CyclicPolynomial(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, start, end=1e-5, decay_steps=60, power=0.9):
        self.start, self.end = start, end
        self.decay_steps, self.power = decay_steps, power

    def __call__(self, step):
        step = ops.cast(step, "float32")
        horizon = self.decay_steps * ops.ceil(step / self.decay_steps)
        progress = step / horizon  # whynan: lr_schedule_invalid phase=update also=divide_by_zero
        return (self.start - self.end) * ops.power(1.0 - progress, self.power) + self.end

    def get_config(self):
        return {"start": self.start, "end": self.end, "decay_steps": self.decay_steps, "power": self.power}


def tiles(n=96, size=16):
    rng = np.random.default_rng(33)
    rough = rng.normal(0, 1, (n, size + 4, size + 4))
    height = sum(np.roll(np.roll(rough, i, 1), j, 2) for i in range(5) for j in range(5))[:, 4:, 4:] / 5.0
    ice = (height > 0.4).astype("float32")
    green = 0.3 + 0.4 * ice + rng.normal(0, 0.1, ice.shape)
    swir = 0.5 - 0.35 * ice + rng.normal(0, 0.1, ice.shape)
    return np.stack([green, swir, height], axis=-1).astype("float32"), ice[..., None]


def segmenter():
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 3, padding="same", activation="tanh")(inputs)
    x = keras.layers.Conv2D(8, 3, padding="same", dilation_rate=2, activation="tanh")(x)
    return keras.Model(inputs, keras.layers.Conv2D(1, 1)(x))


model = segmenter()
optimizer = keras.optimizers.Adam(CyclicPolynomial(2e-3))
optimizer.build(model.trainable_variables)


@tf.function
def train_step(x, mask):
    with tf.GradientTape() as tape:
        logits = model(x, training=True)
        pixelwise = tf.nn.sigmoid_cross_entropy_with_logits(labels=mask, logits=logits)
        loss = tf.reduce_mean(pixelwise)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


x, mask = tiles()
batches = tf.data.Dataset.from_tensor_slices((x, mask)).shuffle(96, seed=33).batch(8).repeat(4)
for number, (bx, bm) in enumerate(batches):
    loss = train_step(bx, bm)
    if number % 8 == 0:
        print(f"batch {number:3d}: loss {loss.numpy():.4f}")
