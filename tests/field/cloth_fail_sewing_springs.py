# Differentiable mass-spring cloth: recover the stiffness of a garment from a recorded motion.
# One panel alone can be identified well. Two panels sewn together -> nan from the first iteration on.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(2)
DT, FRAMES, MASS = 0.01, 20, 0.05
GRAVITY = tf.constant([0.0, -9.81, 0.0])


def panel(offset, nx=4, ny=5, spacing=0.1):
    gx, gy = np.meshgrid(np.arange(nx), np.arange(ny), indexing="ij")
    points = np.stack([offset + gx * spacing, -gy * spacing, 0 * gx], -1).reshape(-1, 3)
    edges = [(i * ny + j, (i + 1) * ny + j) for i in range(nx - 1) for j in range(ny)]
    edges += [(i * ny + j, i * ny + j + 1) for i in range(nx) for j in range(ny - 1)]
    return points, np.array(edges)


def garment():
    left, left_edges = panel(0.0)
    right, right_edges = panel(0.3)            # starts where the left one ends
    points = np.concatenate([left, right])
    seam = np.array([(15 + j, 20 + j) for j in range(5)])
    edges = np.concatenate([left_edges, right_edges + len(left), seam])
    rest = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=-1).round(4)
    pinned = np.zeros(len(points), "float32")
    pinned[[0, len(points) - 5]] = 1.0
    return points.astype("float32"), edges.astype("int32"), rest.astype("float32"), pinned


class Cloth(tf.Module):
    def __init__(self, edges, rest, pinned):
        super().__init__()
        self.log_stiffness = tf.Variable(2.0, name="log_stiffness")
        self.log_damping = tf.Variable(-3.0, name="log_damping")
        self.src, self.dst = tf.constant(edges[:, 0]), tf.constant(edges[:, 1])
        self.rest = tf.constant(rest[:, None])
        self.free = tf.constant(1.0 - pinned[:, None])

    def spring_pull(self, position):
        delta = tf.gather(position, self.dst) - tf.gather(position, self.src)
        length = tf.norm(delta, axis=-1, keepdims=True)
        unit = delta / length  # whynan: divide_by_zero phase=forward also=norm_grad_at_zero
        return tf.exp(self.log_stiffness) * (length - self.rest) * unit

    def acceleration(self, position, velocity):
        pull = self.spring_pull(position)
        n = position.shape[0]
        total = tf.math.unsorted_segment_sum(pull, self.src, n) - tf.math.unsorted_segment_sum(pull, self.dst, n)
        return GRAVITY + (total - tf.exp(self.log_damping) * velocity) / MASS

    def simulate(self, position):
        velocity = tf.zeros_like(position)
        frames = []
        for _ in range(FRAMES):
            velocity += DT * self.free * self.acceleration(position, velocity)
            position += DT * velocity
            frames.append(position)
        return tf.stack(frames)


points, edges, rest, pinned = garment()
cloth = Cloth(edges, rest, pinned)
t = (np.arange(FRAMES) + 1)[:, None, None] * DT
motion = (points[None] + (1 - pinned)[None, :, None] * np.array([0, -4.0, 0]) * t ** 2).astype("float32")
optimizer = keras.optimizers.Adam(0.05)
optimizer.build(list(cloth.trainable_variables))


@tf.function
def identify():
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.reduce_sum((cloth.simulate(tf.constant(points)) - motion) ** 2, -1))
    optimizer.apply(tape.gradient(error, cloth.trainable_variables), cloth.trainable_variables)
    return error


for it in range(15):
    print(it, float(identify()), float(tf.exp(cloth.log_stiffness)))
