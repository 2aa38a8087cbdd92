"""Flatland radiance field: a line camera drives around a topiary garden, each pixel is one ray through the ground plan.

The last interval of every ray is 1e10 long (whatever is left of the light has to end somewhere). The optical depth that I
print is in the billions from the first step on, and the exponential of minus that is plain zero for most rays. Is that
poisoning the gradients?
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from keras import layers

CONFIG = {
    "cameras": 14,
    "pixels": 40,
    "samples": 32,
    "near": 1.0,
    "far": 3.0,
    "endless": 1e10,
    "octaves": 4,
    "rays_per_step": 160,
    "steps": 320,
    "rate": 4e-3,
}

# x, y, radius, brightness of each clipped bush
BUSHES = np.array([[0.00, 0.35, 0.30, 0.9], [-0.35, -0.25, 0.22, 0.6], [0.40, -0.20, 0.18, 0.75]])


def drive_around(cfg):
    heading = np.linspace(0.0, 2.0 * np.pi, cfg["cameras"], endpoint=False)
    fan = np.linspace(-0.36, 0.36, cfg["pixels"])
    place = 2.0 * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    looking = heading[:, None] + np.pi + fan[None, :]
    direction = np.stack([np.cos(looking), np.sin(looking)], axis=-1)
    origin = np.broadcast_to(place[:, None, :], direction.shape)
    return origin.reshape(-1, 2), direction.reshape(-1, 2)


class Renderer:
    def __init__(self, cfg):
        self.depth = np.linspace(cfg["near"], cfg["far"], cfg["samples"])
        self.intervals = np.append(np.diff(self.depth), cfg["endless"]).astype("float32")

    def points(self, origin, direction):
        return origin[:, None, :] + self.depth[None, :, None] * direction[:, None, :]

    def paint(self, density, brightness):
        optical = density * self.intervals
        opacity = 1.0 - tf.exp(-optical)
        still_lit = tf.exp(-tf.cumsum(optical, axis=1, exclusive=True))
        return tf.reduce_sum(still_lit * opacity * brightness, axis=1), optical


def garden(points):
    density = np.zeros(points.shape[:-1])
    brightness = np.zeros(points.shape[:-1])
    for x, y, radius, shade in BUSHES:
        inside = (points[..., 0] - x) ** 2 + (points[..., 1] - y) ** 2 < radius**2
        density[inside] = 14.0
        brightness[inside] = shade
    return density.astype("float32"), brightness.astype("float32")


def encode(points, octaves):
    parts = [points]
    for octave in range(octaves):
        parts += [np.sin(2.0**octave * points), np.cos(2.0**octave * points)]
    return np.concatenate(parts, axis=-1).astype("float32")


keras.utils.set_random_seed(31)
renderer = Renderer(CONFIG)
points = renderer.points(*drive_around(CONFIG))
seen, _ = renderer.paint(*garden(points))
seen = seen.numpy()
coded = encode(points, CONFIG["octaves"])

field = keras.Sequential(
    [
        keras.Input((CONFIG["samples"], coded.shape[-1])),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(2),
    ]
)
optimizer = keras.optimizers.Adam(CONFIG["rate"])
optimizer.build(field.trainable_variables)


@tf.function
def step(coded_rays, pixels):
    with tf.GradientTape() as tape:
        raw = field(coded_rays, training=True)
        density = tf.nn.softplus(raw[..., 0] - 1.0)
        brightness = tf.sigmoid(raw[..., 1])
        painted, optical = renderer.paint(density, brightness)
        loss = tf.reduce_mean(tf.square(painted - pixels))
    gradients = tape.gradient(loss, field.trainable_variables)
    optimizer.apply_gradients(zip(gradients, field.trainable_variables))
    return loss, tf.reduce_max(optical)


rng = np.random.default_rng(31)
for number in range(CONFIG["steps"]):
    rays = rng.choice(len(seen), CONFIG["rays_per_step"], replace=False)
    loss, thickest = step(tf.constant(coded[rays]), tf.constant(seen[rays]))
    if number % 40 == 0 or number == CONFIG["steps"] - 1:
        print(f"step {number:4d}  pixel error {float(loss):.4f}  largest optical depth {float(thickest):.2e}")
