"""Hot and cold nodules in scintigrams, only labels per image (weak supervision, log-sum-exp pooling of score maps).

Copied from my float32 project where r=10 gave the best maps. With mixed precision the loss becomes nan after a while
and never comes back, although the weights look completely normal when I print them. Lower rates only delay it.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(12)
keras.config.set_dtype_policy("mixed_float16")

PIXELS = 20


class LogSumExpPooling(layers.Layer):
    """Smooth maximum over the image: r -> 0 is the mean, r -> infinity is the max."""

    def __init__(self, r=10.0, **kwargs):
        super().__init__(**kwargs)
        self.r = r

    def call(self, maps):
        return tf.math.log(tf.reduce_mean(tf.exp(maps * self.r), axis=[1, 2])) / self.r  # whynan: float16_overflow phase=forward also=exp_overflow,exp_underflow,log_of_zero

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "r": self.r}


def scintigrams(count, rng):
    images = 1.0 + 0.25 * rng.normal(size=(count, PIXELS, PIXELS))
    labels = (rng.random(size=(count, 2)) < 0.6).astype("float32")
    for image, (hot, cold) in zip(images, labels):
        if hot:
            y, x = rng.integers(1, PIXELS - 5, size=2)
            image[y : y + 4, x : x + 4] += 1.8
        if cold:
            y, x = rng.integers(1, PIXELS - 5, size=2)
            image[y : y + 4, x : x + 4] -= 1.0
    return images[..., None].astype("float32"), labels


def build(r):
    inputs = layers.Input((PIXELS, PIXELS, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    maps = layers.Conv2D(2, 1, name="score_maps")(x)
    pooled = LogSumExpPooling(r=r, name="lse")(maps)
    logits = layers.Activation("linear", dtype="float32", name="logits")(pooled)
    return keras.Model(inputs, logits)


def hit_share(y_true, y_pred):
    return tf.reduce_mean(tf.cast(tf.equal(y_pred > 0.0, y_true > 0.5), tf.float32), axis=-1)


rng = np.random.default_rng(4)
x_train, y_train = scintigrams(240, rng)
x_val, y_val = scintigrams(48, rng)

model = build(r=10.0)
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[hit_share],
)
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), batch_size=16, epochs=12, verbose=2)
print("largest weight:", max(float(np.abs(w).max()) for w in model.get_weights()))
print("losses:", np.round(history.history["loss"], 4))
