"""Three landmarks per molar (crown tip, two root tips) on dental x-rays, trained as heatmaps.

The annotation tool stores each tooth as a grey PNG plus a PNG whose three channels are the three heatmaps. With mse the
training ran (badly), with the adaptive wing loss from the paper the loss is nan from the first batch on.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(29)

SIZE = 32
TEETH = 96


def draw_tooth(rng):
    yy, xx = np.mgrid[:SIZE, :SIZE].astype("float64")
    cx, cy = rng.uniform(12.0, 20.0), rng.uniform(13.0, 19.0)
    wide, tall = rng.uniform(4.0, 6.0), rng.uniform(6.0, 9.0)
    shape = np.exp(-(((xx - cx) / wide) ** 4 + ((yy - cy) / tall) ** 4))
    picture = 0.25 + 0.6 * shape + rng.normal(0.0, 0.04, (SIZE, SIZE))
    marks = [(cx, cy - tall), (cx - wide / 2, cy + tall), (cx + wide / 2, cy + tall)]
    heat = np.stack(
        [np.exp(-((xx - mx) ** 2 + (yy - my) ** 2) / (2 * 1.5**2)) for mx, my in marks],
        axis=-1,
    )
    grey = np.clip(np.round(picture * 255), 0, 255).astype("uint8")[..., None]
    return grey, np.round(heat * 255).astype("uint8")


def export_like_the_tool(count):
    rng = np.random.default_rng(7)
    pictures, heatmaps = [], []
    for _ in range(count):
        grey, heat = draw_tooth(rng)
        pictures.append(tf.io.encode_png(grey).numpy())
        heatmaps.append(tf.io.encode_png(heat).numpy())
    return pictures, heatmaps


def read_pair(picture, heatmap):
    picture = tf.image.convert_image_dtype(tf.io.decode_png(picture, channels=1), tf.float32)
    heatmap = tf.cast(tf.io.decode_png(heatmap, channels=3), tf.float32)
    picture.set_shape((SIZE, SIZE, 1))
    heatmap.set_shape((SIZE, SIZE, 3))
    return picture, heatmap


class AdaptiveWing(keras.losses.Loss):
    """Wing-shaped near the target, straight further away; the knee depends on the target."""

    def __init__(self, omega=14.0, theta=0.5, epsilon=1.0, alpha=2.1, name="adaptive_wing"):
        super().__init__(name=name)
        self.omega = omega
        self.theta = theta
        self.epsilon = epsilon
        self.alpha = alpha

    def call(self, y_true, y_pred):
        power = self.alpha - y_true
        knee = tf.pow(self.theta / self.epsilon, power)  # whynan: label_out_of_range phase=loss also=unscaled_target
        slope = self.omega * power * knee / ((1.0 + knee) * self.theta)
        offset = self.theta * slope - self.omega * tf.math.log1p(knee)
        gap = tf.abs(y_true - y_pred)
        curved = self.omega * tf.math.log1p(tf.pow(gap / self.epsilon, power))
        straight = slope * gap - offset
        return tf.where(gap < self.theta, curved, straight)


def hourglass():
    image = keras.Input((SIZE, SIZE, 1))
    high = layers.Conv2D(12, 3, padding="same", activation="relu")(image)
    low = layers.MaxPooling2D()(high)
    low = layers.Conv2D(24, 3, padding="same", activation="relu")(low)
    low = layers.Conv2D(24, 3, padding="same", activation="relu")(low)
    up = layers.UpSampling2D()(low)
    merged = layers.Concatenate()([high, up])
    merged = layers.Conv2D(16, 3, padding="same", activation="relu")(merged)
    heat = layers.Conv2D(3, 1, name="heat")(merged)
    return keras.Model(image, heat)


def main():
    pictures, heatmaps = export_like_the_tool(TEETH)
    data = (
        tf.data.Dataset.from_tensor_slices((pictures, heatmaps))
        .map(read_pair)
        .cache()
        .shuffle(TEETH, seed=1)
        .batch(16)
        .prefetch(1)
    )
    model = hourglass()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=AdaptiveWing())
    history = model.fit(data, epochs=4, verbose=0)
    print("loss per epoch:", history.history["loss"])


if __name__ == "__main__":
    main()
