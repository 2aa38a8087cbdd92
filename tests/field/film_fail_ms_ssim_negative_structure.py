"""Scanned film negatives -> positives. Residual network (final convolution starts at zero) with an MS-SSIM + L1 loss.

MS-SSIM is written in keras.ops because I want to change the scale weights later.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(400)

SIZE = 32


class SSIM:
    def __init__(self, window=5, max_val=1.0, k1=0.01, k2=0.03):
        self.window = window
        self.c1, self.c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2

    def blur(self, x):
        return ops.average_pool(x, self.window, strides=1, padding="valid")

    def parts(self, a, b):
        """luminance and contrast-structure, one number per image"""
        mu_a, mu_b = self.blur(a), self.blur(b)
        var_a = self.blur(ops.square(a - ops.mean(a))) - ops.square(mu_a - ops.mean(a))
        var_b = self.blur(ops.square(b - ops.mean(b))) - ops.square(mu_b - ops.mean(b))
        cov = self.blur(a * b) - mu_a * mu_b
        luminance = (2 * mu_a * mu_b + self.c1) / (ops.square(mu_a) + ops.square(mu_b) + self.c1)
        structure = (2 * cov + self.c2) / (var_a + var_b + self.c2)
        return ops.mean(luminance, axis=(1, 2, 3)), ops.mean(structure, axis=(1, 2, 3))


class MultiScaleSSIM(keras.losses.Loss):
    def __init__(self, powers=(0.2, 0.35, 0.45), alpha=0.84, **kwargs):
        super().__init__(**kwargs)
        self.powers, self.alpha = powers, alpha
        self.ssim = SSIM()

    def pyramid(self, x):
        levels = [x]
        for _ in self.powers[1:]:
            levels.append(ops.average_pool(levels[-1], 2))
        return levels

    def call(self, y_true, y_pred):
        score = 1.0
        last = len(self.powers) - 1
        for level, (a, b) in enumerate(zip(self.pyramid(y_true), self.pyramid(y_pred))):
            luminance, structure = self.ssim.parts(a, b)
            score = score * self.weigh(structure, level)
            if level == last:
                score = score * self.weigh(luminance, level)
        l1 = ops.mean(ops.abs(y_true - y_pred), axis=(1, 2, 3))
        return self.alpha * (1.0 - score) + (1.0 - self.alpha) * l1

    def weigh(self, value, level):
        return ops.power(value, self.powers[level])  # whynan: pow_domain phase=loss


def residual_net(width=16, depth=2):
    inputs = keras.Input((SIZE, SIZE, 1))
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(inputs)
    for _ in range(depth):
        y = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.Add()([x, layers.Conv2D(width, 3, padding="same")(y)])
    correction = layers.Conv2D(1, 3, padding="same", kernel_initializer="zeros")(x)
    return keras.Model(inputs, layers.Add()([inputs, correction]))


def landscapes(n=128):
    rng = np.random.default_rng(400)
    yy, xx = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    images = []
    for _ in range(n):
        fx, fy, p = rng.uniform(2, 6), rng.uniform(2, 6), rng.uniform(0, 6)
        scene = 0.5 + 0.35 * np.sin(2 * np.pi * (fx * xx + fy * yy) + p) + rng.normal(0, 0.02, xx.shape)
        images.append(scene.clip(0, 1))
    return np.stack(images).astype("float32")[..., None]


positives = landscapes()
negatives = 1.0 - positives
model = residual_net()
model.compile(optimizer="adam", loss=MultiScaleSSIM(), metrics=["mae"])
model.fit(negatives, positives, batch_size=16, epochs=3, verbose=2)
