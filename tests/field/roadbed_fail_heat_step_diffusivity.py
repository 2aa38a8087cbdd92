"""Thermal diffusivity of a road bed from a heating plate test.

A plate warms the surface by a step and four probes log the temperature every ten minutes. The model is the
half-space solution plus a small network for what the solution does not explain. The first batches fit well, then the
diffusivity becomes nan and the loss with it. There is no nan in the logger file, and the predictions that I print
for the whole file before training are all finite, including the readings at the start.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(23)
rng = np.random.default_rng(23)

DEPTHS_CM = np.array([5.0, 10.0, 20.0, 35.0])
HOURS = np.arange(0, 48 * 6 + 1) / 6.0


def logger_file():
    """Readings of all probes, depth [cm], time since switching on [h], warming [K]."""
    from scipy.special import erfc

    z, t = [a.ravel() for a in np.meshgrid(DEPTHS_CM, HOURS, indexing="ij")]
    warming = np.zeros_like(z)
    on = t > 0
    warming[on] = 14.0 * erfc(z[on] / (2.0 * np.sqrt(21.6 * t[on])))
    warming += 0.3 * np.sin(2 * np.pi * t / 24.0) * np.exp(-z / 12.0)
    warming += rng.normal(0.0, 0.08, z.shape)
    return np.stack([z, t], axis=1).astype("float32"), warming.astype("float32")[:, None]


class RoadBed(keras.Model):
    def __init__(self):
        super().__init__()
        constant = keras.initializers.Constant
        self.log_alpha = self.add_weight(shape=(), initializer=constant(np.log(12.0)), name="log_alpha")
        self.rise = self.add_weight(shape=(), initializer=constant(10.0), name="rise")
        self.rest = keras.Sequential([
            keras.Input((2,)),
            keras.layers.Dense(16, activation="tanh"),
            keras.layers.Dense(1, kernel_initializer="zeros"),
        ])

    def step_response(self, depth, hours):
        alpha = tf.exp(tf.convert_to_tensor(self.log_alpha))
        return tf.where(hours > 0.0, tf.math.erfc(depth / (2.0 * tf.sqrt(alpha * hours))), tf.zeros_like(hours))  # whynan: where_gradient_trap phase=gradient also=divide_by_zero,sqrt_grad_at_zero

    def call(self, inputs):
        depth, hours = inputs[:, :1], inputs[:, 1:]
        scaled = tf.concat([depth / 35.0, hours / 48.0], axis=1)
        rest = self.rest(scaled)
        return tf.convert_to_tensor(self.rise) * self.step_response(depth, hours) + rest, rest


inputs, warming = logger_file()
model = RoadBed()
fitted, _ = model(inputs)
print("before training: finite", bool(np.isfinite(fitted.numpy()).all()), "rows", len(inputs))

optimizer = keras.optimizers.Adam(0.02)
optimizer.build(model.trainable_variables)
batches = tf.data.Dataset.from_tensor_slices((inputs, warming)).shuffle(2048, seed=23).batch(64)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        prediction, rest = model(x)
        misfit = tf.reduce_mean(tf.square(prediction - y))
        loss = misfit + 0.1 * tf.reduce_mean(tf.square(rest))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return misfit


for epoch in range(12):
    total, count = 0.0, 0
    for x, y in batches:
        total += float(train_step(x, y))
        count += 1
    alpha = float(np.exp(model.log_alpha.numpy()))
    print(f"epoch {epoch:2d}  rmse {np.sqrt(total / count):.3f} K  diffusivity {alpha:.2f} cm2/h")
