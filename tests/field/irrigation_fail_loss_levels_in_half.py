"""Three heads (soil moisture at 10, 30 and 60 cm) with losses that are brought to one level before they are added.

Each head's loss is divided by its own running level so that no depth dominates. With everything in float32 it works
nicely, with the float16 policy the very first total is nan.
"""
import numpy as np
import tensorflow as tf
from tensorflow import keras

SETTINGS = {
    "depths": ("moist_10", "moist_30", "moist_60"),
    "level_decay": 0.9999,
    "rate": 1e-3,
    "batch": 48,
    "steps": 60,
}

keras.utils.set_random_seed(8)
keras.mixed_precision.set_global_policy("mixed_float16")


def make_fields(n, seed):
    rng = np.random.default_rng(seed)
    weather = rng.normal(size=(n, 9)).astype("float32")      # rain, radiation, wind ... already standardised
    mix = rng.normal(size=(9, 3)) / 3.0
    moisture = np.tanh(weather @ mix) * np.array([0.9, 0.5, 0.2]) + rng.normal(0, 0.05, (n, 3))
    return weather, moisture.astype("float32")


class LossLevels(tf.Module):
    """Debiased running mean of every head's loss, kept in the dtype of the losses."""

    def __init__(self, heads, decay, dtype):
        super().__init__()
        self.decay = tf.constant(decay, dtype)
        self.mean = tf.Variable(tf.zeros([heads], dtype), trainable=False)
        self.step = tf.Variable(tf.zeros([], dtype), trainable=False)

    def __call__(self, losses):
        losses = tf.stop_gradient(losses)
        self.step.assign_add(tf.ones([], losses.dtype))
        self.mean.assign(self.decay * self.mean + (1 - self.decay) * losses)
        return self.mean / (1 - self.decay ** self.step)  # whynan: divide_by_zero phase=loss|forward also=float16_epsilon_underflow,float16_optimizer_state,float16_rounding


def build(n_features, names):
    weather = keras.Input((n_features,))
    h = keras.layers.Dense(48, activation="swish")(weather)
    h = keras.layers.Dense(48, activation="swish")(h)
    return keras.Model(weather, [keras.layers.Dense(1, name=name)(h) for name in names])


weather, moisture = make_fields(960, seed=8)
model = build(weather.shape[1], SETTINGS["depths"])
optimizer = keras.optimizers.Adam(SETTINGS["rate"])
optimizer.build(model.trainable_variables)
levels = LossLevels(len(SETTINGS["depths"]), SETTINGS["level_decay"], tf.float16)


@tf.function
def update(x, y):
    with tf.GradientTape() as tape:
        outputs = model(x, training=True)
        per_head = tf.stack([
            tf.reduce_mean(tf.square(out[:, 0] - tf.cast(y[:, i], out.dtype)))
            for i, out in enumerate(outputs)
        ])
        total = tf.reduce_sum(per_head / levels(per_head))
    gradients = tape.gradient(total, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return total, per_head


batches = (tf.data.Dataset.from_tensor_slices((weather, moisture))
           .shuffle(960, seed=8).repeat().batch(SETTINGS["batch"]).take(SETTINGS["steps"]))
for step, (x, y) in enumerate(batches):
    total, per_head = update(x, y)
    if step % 10 == 0:
        print(step, "total", float(total), "heads", per_head.numpy().round(3))
