"""Hourly forecast for the desert stations, in Fahrenheit as the heat desk wants it. Besides the air temperature the
loss looks at the felt temperature of the weather service, with its extra correction for very dry hours. The first 36 days
of the first epoch run smoothly and the loss falls, then everything is nan. Without those four days it never happens."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(101)
HOURS = 60 * 24


def station():
    rng = np.random.default_rng(6)
    h = np.arange(HOURS)
    phase = 2 * np.pi * (h % 24 - 4) / 24
    temperature = 80 + 0.006 * h - 13 * np.cos(phase) + rng.normal(0, 1.2, HOURS)
    humidity = 36 + 9 * np.cos(phase) + rng.normal(0, 2.0, HOURS)
    humidity[36 * 24:40 * 24] -= 17.0
    wind = rng.gamma(3.0, 2.0, HOURS)
    columns = np.stack([temperature, humidity, wind, np.sin(phase), np.cos(phase)], axis=1)
    scaled = (columns - columns.mean(0)) / columns.std(0)
    x = scaled[:-1]
    now = temperature[:-1, None]
    later = temperature[1:, None]
    humidity_later = np.clip(humidity[1:, None], 4.0, 95.0)
    return [a.astype("float32") for a in (x, now, later, humidity_later)]


def regression(t, rh):
    return (-42.379 + 2.04901523 * t + 10.14333127 * rh - 0.22475541 * t * rh
            - 6.83783e-3 * t ** 2 - 5.481717e-2 * rh ** 2 + 1.22874e-3 * t ** 2 * rh
            + 8.5282e-4 * t * rh ** 2 - 1.99e-6 * t ** 2 * rh ** 2)


def dry_correction(t, rh):
    return (13.0 - rh) / 4.0 * tf.sqrt((17.0 - tf.abs(t - 95.0)) / 17.0)  # whynan: sqrt_of_negative phase=loss also=where_gradient_trap,nan_mask_mismatch


def felt(t, rh):
    base = regression(t, rh)

    def with_correction():
        applies = (rh < 13.0) & (t > 80.0) & (t < 112.0)
        return base - tf.cast(applies, base.dtype) * dry_correction(t, rh)

    return tf.cond(tf.reduce_any(rh < 13.0), with_correction, lambda: base)


def forecaster():
    x = keras.Input((5,))
    now = keras.Input((1,))
    hidden = layers.Dense(24, activation="relu")(x)
    hidden = layers.Dense(12, activation="relu")(hidden)
    change = layers.Dense(1)(hidden)
    return keras.Model([x, now], layers.Add()([now, change]))


model = forecaster()
optimizer = keras.optimizers.Adam(2e-3)
optimizer.build(model.trainable_variables)


@tf.function
def learn(x, now, later, humidity):
    with tf.GradientTape() as tape:
        forecast = model([x, now], training=True)
        air = tf.reduce_mean(tf.square(forecast - later))
        heat = tf.reduce_mean(tf.square(felt(forecast, humidity) - felt(later, humidity)))
        loss = air + 0.1 * heat
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def main(epochs=2):
    arrays = station()
    two_days = tf.data.Dataset.from_tensor_slices(tuple(arrays)).batch(48)
    for epoch in range(epochs):
        for number, (x, now, later, humidity) in enumerate(two_days):
            loss = float(learn(x, now, later, humidity))
            if number % 5 == 0:
                print(f"epoch {epoch + 1} day {2 * number:2d}: {loss:.3f}")


if __name__ == "__main__":
    main()
