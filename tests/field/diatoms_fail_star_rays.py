"""Star-shaped outlines of diatom valves: sixteen ray lengths from the centre, trained with the polar IoU.

On the first hundred plates it worked. After the second campaign was added the loss becomes nan somewhere in the first
epoch, not always at the same batch. The images look fine and the target array has no nan in it.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

SIDE = 28
N_RAYS = 16
ANGLES = np.linspace(0.0, 2.0 * np.pi, N_RAYS, endpoint=False)


def whole_valve():
    """A filled ellipse at a random place."""
    cy, cx = rng.uniform(11, 17, size=2)
    a, b = rng.uniform(6.0, 9.5), rng.uniform(4.0, 6.0)
    tilt = rng.uniform(0.0, np.pi)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    u = (xx - cx) * np.cos(tilt) + (yy - cy) * np.sin(tilt)
    v = -(xx - cx) * np.sin(tilt) + (yy - cy) * np.cos(tilt)
    return (u / a) ** 2 + (v / b) ** 2 <= 1.0


def girdle_band():
    """A detached band seen from above."""
    yy, xx = np.mgrid[0:SIDE, 0:SIDE]
    r = np.hypot(xx - 14, yy - 14)
    return (r >= 5.0) & (r <= rng.uniform(8.0, 10.5))


def rays_of(mask):
    """Length of each ray from the centre of mass to the outline, in pixels; -1 where no outline was met."""
    rows, cols = np.nonzero(mask)
    cy, cx = rows.mean(), cols.mean()
    lengths = np.full(N_RAYS, -1.0, dtype="float32")
    for k, angle in enumerate(ANGLES):
        step = 0
        while True:
            y = int(round(cy + step * np.sin(angle)))
            x = int(round(cx + step * np.cos(angle)))
            if not (0 <= y < SIDE and 0 <= x < SIDE) or not mask[y, x]:
                break
            step += 1
        if step > 0:
            lengths[k] = step
    return lengths


def plates(n, bands):
    images = np.zeros((n, SIDE, SIDE, 1), dtype="float32")
    targets = np.zeros((n, N_RAYS), dtype="float32")
    for i in range(n):
        mask = girdle_band() if i in bands else whole_valve()
        images[i, :, :, 0] = 0.25 + 0.5 * mask + rng.normal(0.0, 0.06, size=mask.shape)
        targets[i] = rays_of(mask)
    return images, targets


def polar_iou_loss(y_true, y_pred):
    outer = ops.sum(ops.maximum(y_true, y_pred), axis=-1)
    inner = ops.sum(ops.minimum(y_true, y_pred), axis=-1)
    return ops.log((outer + 1e-6) / (inner + 1e-6))  # whynan: label_out_of_range phase=forward|loss rows=143,171,206 also=log_of_negative


images, targets = plates(240, bands={143, 171, 206})
print("targets:", targets.shape, "any nan:", bool(np.isnan(targets).any()), "mean:", float(targets.mean()))

model = keras.Sequential([
    keras.Input(shape=(SIDE, SIDE, 1)),
    layers.Conv2D(8, 3, strides=2, padding="same", activation="elu"),
    layers.Conv2D(16, 3, strides=2, padding="same", activation="elu"),
    layers.Flatten(),
    layers.Dense(48, activation="elu"),
    layers.Dense(N_RAYS, activation="softplus", bias_initializer=keras.initializers.Constant(5.0)),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=polar_iou_loss)
model.fit(images, targets, batch_size=20, epochs=3, verbose=2)
