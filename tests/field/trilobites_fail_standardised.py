"""Trilobite outlines (24 x 24 silhouettes), three orders. Small residual net without batch norm:
weight-standardised convolutions, and residual branches that start as the identity."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(540)


def silhouette(order, rng):
    yy, xx = np.mgrid[-1:1:24j, -1:1:24j]
    a = rng.uniform(0.45, 0.6)
    b = rng.uniform(0.7, 0.9)
    tilt = rng.normal(0, 0.15)
    u = xx * np.cos(tilt) + yy * np.sin(tilt)
    v = -xx * np.sin(tilt) + yy * np.cos(tilt)
    body = (u / a) ** 2 + (v / b) ** 2 < 1
    if order == 1:                       # long genal spines
        body |= (np.abs(np.abs(u) - a) < 0.09) & (v > -0.3) & (v < 0.8)
    elif order == 2:                     # broad head shield
        body |= (u / (a * 1.5)) ** 2 + ((v + 0.45) / 0.35) ** 2 < 1
    axis = np.abs(u) < 0.15
    img = 0.7 * body + 0.3 * (body & axis)
    return img + rng.normal(0, 0.12, img.shape)


def load(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    imgs = np.stack([silhouette(k, rng) for k in labels])[..., None]
    return imgs.astype("float32"), labels.astype("int32")


class WSConv(layers.Layer):
    """3x3 convolution whose filters are standardised before use (Qiao et al. 2019)."""

    def __init__(self, filters, stride=1, init="he_normal", **kw):
        super().__init__(**kw)
        self.filters = filters
        self.stride = stride
        self.init = init

    def build(self, shape):
        fan_in = 9 * shape[-1]
        self.kernel = self.add_weight(
            shape=(3, 3, shape[-1], self.filters), initializer=self.init, name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.gain = fan_in ** -0.5

    def call(self, x):
        k = tf.convert_to_tensor(self.kernel)
        mean, var = tf.nn.moments(k, axes=[0, 1, 2], keepdims=True)
        k = self.gain * (k - mean) / tf.sqrt(var)  # whynan: zero_variance_normalisation phase=forward also=divide_by_zero
        return tf.nn.conv2d(x, k, strides=self.stride, padding="SAME") + self.bias


def block(x, filters):
    h = layers.Activation("elu")(x)
    h = WSConv(filters)(h)
    h = layers.Activation("elu")(h)
    h = WSConv(filters, init="zeros")(h)
    return layers.Add()([x, h])


inp = layers.Input((24, 24, 1))
z = WSConv(12, stride=2)(inp)
z = block(z, 12)
z = WSConv(24, stride=2)(z)
z = block(z, 24)
z = layers.GlobalAveragePooling2D()(z)
net = keras.Model(inp, layers.Dense(3)(z))

x, y = load(900, 1)
x_val, y_val = load(200, 2)

loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
opt = keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(900, seed=4).batch(45)


@tf.function
def update(xb, yb):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


for epoch in range(5):
    running = keras.metrics.Mean()
    for xb, yb in data:
        running.update_state(update(xb, yb))
    guess = np.argmax(net.predict(x_val, verbose=0), axis=1)
    print("epoch", epoch + 1, "loss", float(running.result()), "val acc", np.mean(guess == y_val))
