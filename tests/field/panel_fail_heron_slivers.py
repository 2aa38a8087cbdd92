"""Surrogate for a stamped sheet-metal panel: load case -> nodal deflection (mm).

The sheet is nearly inextensible, therefore the facet areas should stay what they were in the CAD file.
Facets come from the CAD export, T-junctions included (a node in the middle of a neighbour's long edge).
"""
import argparse

import keras
import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--area-weight", type=float, default=1e-4)
args, _ = parser.parse_known_args()

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)


class CadPanel:
    """Rows of quads split into two triangles; each T-junction adds a third, very thin facet."""

    def __init__(self, columns=6, rows=5, width=1200.0, height=900.0, junctions=26):
        xs, ys = np.meshgrid(np.linspace(0, width, columns), np.linspace(0, height, rows))
        nodes = [np.array(p) for p in np.stack([xs.ravel(), ys.ravel()], -1)]
        facets = []
        for r in range(rows - 1):
            for c in range(columns - 1):
                i = r * columns + c
                facets += [(i, i + 1, i + columns), (i + 1, i + columns + 1, i + columns)]
        for k in rng.choice(len(facets), junctions, replace=False):
            i, j, _ = facets[k]
            t = rng.uniform(0.2, 0.8)
            nodes.append(nodes[i] + t * (nodes[j] - nodes[i]))
            facets.append((i, j, len(nodes) - 1))
        self.xy = np.array(nodes, "float32")
        self.facets = np.array(facets, "int32")
        p, q, s = (self.xy[self.facets[:, m]].astype("float64") for m in range(3))
        u, v = q - p, s - p
        self.rest_area = (0.5 * np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])).astype("float32")

    def deformed(self, deflection):
        flat = tf.broadcast_to(self.xy[None], tf.concat([tf.shape(deflection), [2]], 0))
        return tf.concat([flat, deflection[..., None]], axis=-1)


def side_lengths(points, facets):
    corners = [tf.gather(points, facets[:, k], axis=1) for k in range(3)]
    return [tf.norm(corners[k] - corners[(k + 1) % 3], axis=-1) for k in range(3)]


def heron(a, b, c):
    s = 0.5 * (a + b + c)
    return tf.sqrt(s * (s - a) * (s - b) * (s - c))  # whynan: catastrophic_cancellation phase=loss|forward also=sqrt_of_negative


def area_strain(panel, deflection):
    area = heron(*side_lengths(panel.deformed(deflection), panel.facets))
    return tf.reduce_mean(tf.abs(area - panel.rest_area))


panel = CadPanel()
n_nodes = len(panel.xy)
modes = rng.normal(size=(12, n_nodes)).astype("float32") * 0.02
loads = rng.normal(size=(2000, 12)).astype("float32")
deflections = loads @ modes

model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(64, activation="tanh"),
    keras.layers.Dense(n_nodes),
    keras.layers.Rescaling(0.02),  # mm
])
optimizer = keras.optimizers.Adam(2e-3)


@tf.function
def train_step(load, target):
    with tf.GradientTape() as tape:
        predicted = model(load, training=True)
        data_term = tf.reduce_mean(tf.square(predicted - target))
        loss = data_term + args.area_weight * area_strain(panel, predicted)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return data_term, loss


for step in range(args.steps):
    rows = rng.integers(0, len(loads), args.batch)
    data_term, loss = train_step(loads[rows], deflections[rows])
    if step % 10 == 0:
        print(f"step {step:3d}  data {float(data_term):.5f}  total {float(loss):.5f}")
