# GeM pooling from the retrieval papers. My assert fires a few steps after start; forward pass looks ok to me
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(27)


class GeMPooling(layers.Layer):
    """generalized mean pooling with learnable exponent"""

    def __init__(self, p_init=3.0, **kw):
        super().__init__(**kw)
        self.p_init = p_init

    def build(self, input_shape):
        self.p = self.add_weight(shape=(), initializer=keras.initializers.Constant(self.p_init), name="p")

    def call(self, fmap):
        p = tf.convert_to_tensor(self.p)
        mean_p = tf.reduce_mean(tf.pow(fmap, p), axis=[1, 2])
        return tf.pow(mean_p, 1.0 / p)  # whynan: pow_grad_at_zero phase=gradient


def make_images(n=96):
    rng = np.random.default_rng(27)
    cls = rng.integers(0, 3, n)
    img = rng.uniform(0, 1, size=(n, 12, 12, 3))
    img[..., 0] += cls[:, None, None] * 0.4
    img[[44, 83]] = 0.0                       # two black frames at scene cuts
    return img.astype("float32"), cls.astype("int32")


class Retriever:
    def __init__(self):
        self.net = keras.Sequential(
            [
                keras.Input((12, 12, 3)),
                layers.Conv2D(8, 3, use_bias=False, activation="relu"),
                GeMPooling(),
                layers.Dense(3),
            ]
        )
        self.opt = keras.optimizers.Adam(1e-3)

    @tf.function
    def step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.net(x, training=True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits))
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.net.trainable_variables))
        return loss


x, y = make_images()
retriever = Retriever()
for epoch in range(4):
    for i in range(0, len(x), 16):
        try:
            loss = retriever.step(x[i:i + 16], y[i:i + 16]).numpy()
            assert not np.isnan(loss), f"nan loss in epoch {epoch} batch {i // 16}"
        except AssertionError as err:
            print("training failed:", err)
            raise
    print("epoch", epoch, "loss", loss)
