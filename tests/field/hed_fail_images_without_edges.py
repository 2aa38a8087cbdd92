"""Edge detection with the class balanced loss of the HED paper, one picture per step.

Loss numbers are fine (0.1 to 0.3), now and then a 0.0, and at some point every prediction is nan.
The loss itself catches pictures with no edge pixel.
"""
import numpy as np
import tensorflow as tf
import keras
from keras import layers

SIZE = 32
BLANK = (23, 71, 96)


def class_balanced_cost(y_true, logits):
    edges = tf.reduce_sum(y_true)
    background = tf.reduce_sum(1.0 - y_true)
    beta = background / (edges + background)
    cost = tf.nn.weighted_cross_entropy_with_logits(labels=y_true, logits=logits, pos_weight=beta / (1.0 - beta))  # whynan: where_gradient_trap phase=forward|loss|gradient also=divide_by_zero
    cost = tf.reduce_mean(cost * (1.0 - beta))
    return tf.where(tf.equal(edges, 0.0), 0.0, cost)


def make_pictures(n=120, seed=8):
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[0:SIZE, 0:SIZE]
    pictures = np.zeros((n, SIZE, SIZE, 3), "float32")
    edges = np.zeros((n, SIZE, SIZE, 1), "float32")
    for i in range(n):
        sky = rng.uniform(0.2, 0.9, 3)
        pictures[i] = sky + rng.normal(0, 0.03, (SIZE, SIZE, 3))
        if i in BLANK:  # nothing but sky in these
            continue
        r0, c0 = rng.integers(4, 14, 2)
        r1, c1 = r0 + rng.integers(8, 15), c0 + rng.integers(8, 15)
        house = (rows >= r0) & (rows < r1) & (cols >= c0) & (cols < c1)
        pictures[i][house] = rng.uniform(0.0, 1.0, 3)
        inner = (rows > r0) & (rows < r1 - 1) & (cols > c0) & (cols < c1 - 1)
        edges[i, ..., 0] = (house & ~inner).astype("float32")
    return pictures, edges


class EdgePictures(keras.utils.PyDataset):
    def __init__(self, pictures, edges, **kwargs):
        super().__init__(**kwargs)
        self.pictures, self.edges = pictures, edges

    def __len__(self):
        return len(self.pictures)

    def __getitem__(self, i):
        x, y = self.pictures[i:i + 1], self.edges[i:i + 1]
        if i % 2:  # mirror every second picture
            x, y = x[:, :, ::-1], y[:, :, ::-1]
        return np.ascontiguousarray(x), np.ascontiguousarray(y)


def side_output_net():
    image = keras.Input((SIZE, SIZE, 3))
    a = layers.Conv2D(12, 3, padding="same", activation="relu")(image)
    a = layers.Conv2D(12, 3, padding="same", activation="relu")(a)
    side1 = layers.Conv2D(1, 1)(a)
    b = layers.MaxPooling2D()(a)
    b = layers.Conv2D(20, 3, padding="same", activation="relu")(b)
    side2 = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(1, 1)(b))
    fused = layers.Conv2D(1, 1, name="fuse")(layers.Concatenate()([side1, side2]))
    return keras.Model(image, fused)


keras.utils.set_random_seed(3)
photos, outlines = make_pictures()
net = side_output_net()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=class_balanced_cost)
net.fit(EdgePictures(photos, outlines), epochs=2, verbose=2)
answer = net.predict(photos[:4], verbose=0)
print("logit range", answer.min(), answer.max())
