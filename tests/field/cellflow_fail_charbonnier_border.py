"""Self-supervised motion of cells between two microscope frames (no ground truth flow, photometric loss).

The loss of the first step is a normal number (about 0.1) and from the second step on everything is nan. With
`alpha = 1` in the robust penalty (i.e. squared error) it trains. The flow is limited to +-3 pixels with tanh, sampling
positions are clipped inside the image, smoothness has its epsilon.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

SIZE = 24
REACH = 3.0


# ---- frames -------------------------------------------------------------------------------------
def draw_pair(rng, cells=4):
    """Fluorescence frames after background subtraction: what is below the threshold is set to zero."""
    yy, xx = np.mgrid[0:SIZE, 0:SIZE].astype("float32")
    frames = np.zeros((2, SIZE, SIZE), "float32")
    for _ in range(cells):
        cy, cx = rng.uniform(4, SIZE - 4, 2)
        vy, vx = rng.uniform(-2, 2, 2)
        radius, bright = rng.uniform(1.2, 2.2), rng.uniform(0.5, 1.0)
        for t in (0, 1):
            d2 = (yy - cy - t * vy) ** 2 + (xx - cx - t * vx) ** 2
            frames[t] += bright * np.exp(-d2 / (2 * radius**2))
    frames += rng.normal(0.0, 0.01, frames.shape)
    frames[frames < 0.08] = 0.0
    return np.clip(frames, 0.0, 1.0)[..., None]


def pairs(count, seed):
    rng = np.random.default_rng(seed)
    stack = np.stack([draw_pair(rng) for _ in range(count)]).astype("float32")
    return stack[:, 0], stack[:, 1]


# ---- geometry -----------------------------------------------------------------------------------
def sample_at(image, flow):
    """Bilinear lookup of image at (grid + flow), flow in pixels as (dx, dy)."""
    rows, cols = tf.meshgrid(tf.range(SIZE), tf.range(SIZE), indexing="ij")
    x = tf.clip_by_value(tf.cast(cols, tf.float32)[None] + flow[..., 0], 0.0, SIZE - 1.001)
    y = tf.clip_by_value(tf.cast(rows, tf.float32)[None] + flow[..., 1], 0.0, SIZE - 1.001)
    x0, y0 = tf.floor(x), tf.floor(y)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    xi, yi = tf.cast(x0, tf.int32), tf.cast(y0, tf.int32)

    def pick(r, c):
        return tf.gather_nd(image, tf.stack([r, c], axis=-1), batch_dims=1)

    upper = (1.0 - fx) * pick(yi, xi) + fx * pick(yi, xi + 1)
    lower = (1.0 - fx) * pick(yi + 1, xi) + fx * pick(yi + 1, xi + 1)
    return (1.0 - fy) * upper + fy * lower


# ---- penalties ----------------------------------------------------------------------------------
def robust(difference, alpha=0.45):
    return tf.pow(tf.square(difference), alpha)  # whynan: pow_grad_at_zero phase=gradient


def smoothness(flow, eps=1e-3):
    dy = flow[:, 1:] - flow[:, :-1]
    dx = flow[:, :, 1:] - flow[:, :, :-1]
    return tf.reduce_mean(tf.sqrt(tf.square(dy) + eps**2)) + tf.reduce_mean(tf.sqrt(tf.square(dx) + eps**2))


# ---- model --------------------------------------------------------------------------------------
def flow_network():
    first = keras.Input((SIZE, SIZE, 1), name="first")
    second = keras.Input((SIZE, SIZE, 1), name="second")
    x = layers.Concatenate()([first, second])
    for width in (12, 16):
        x = layers.Conv2D(width, 5, padding="same")(x)
        x = layers.LayerNormalization(epsilon=1e-5)(x)
        x = layers.Activation("swish")(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model([first, second], layers.Rescaling(REACH)(x), name="flow")


class SelfSupervised(keras.Model):
    def __init__(self, network, smooth_weight=0.02):
        super().__init__()
        self.network = network
        self.smooth_weight = smooth_weight
        self.photo = keras.metrics.Mean(name="photo")
        self.total = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.total, self.photo]

    def call(self, frames):
        return self.network(list(frames))

    def train_step(self, data):
        (first, second), _, _ = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            flow = self.network([first, second], training=True)
            back = sample_at(second, flow)
            photo = tf.reduce_mean(robust(back - first))
            loss = photo + self.smooth_weight * smoothness(flow)
        variables = self.network.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables))
        self.total.update_state(loss)
        self.photo.update_state(photo)
        return {m.name: m.result() for m in self.metrics}


def as_dataset(first, second, batch):
    data = tf.data.Dataset.from_tensor_slices(((first, second),))
    return data.shuffle(len(first), seed=1).batch(batch).prefetch(1)


if __name__ == "__main__":
    keras.utils.set_random_seed(33)
    trainer = SelfSupervised(flow_network())
    trainer.compile(optimizer=keras.optimizers.Adam(1e-3, global_clipnorm=1.0))
    trainer.fit(as_dataset(*pairs(48, seed=33), batch=8), epochs=3, verbose=2)
