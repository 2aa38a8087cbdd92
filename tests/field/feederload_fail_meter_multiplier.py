"""Forecast of household loads that has to agree with the meter of the feeder: the mean forecast must equal the
metered mean, enforced with a Lagrange multiplier (descent for the weights, ascent for the multiplier). Without the
constraint the error goes to 0.2; with it the gap swings back and forth, wider every time, and the loss ends as inf."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(23)


def households(n=512):
    rng = np.random.default_rng(23)
    frame = pd.DataFrame({
        "floor_area": rng.normal(95.0, 30.0, n).clip(25),
        "persons": rng.integers(1, 6, n),
        "outside_temp": rng.normal(4.0, 6.0, n),
        "heat_pump": (rng.random(n) < 0.3).astype(int),
        "hour_sin": np.sin(2 * np.pi * rng.integers(0, 24, n) / 24.0),
    })
    frame["load_kw"] = (0.6 + 0.008 * frame.floor_area + 0.15 * frame.persons
                        + 0.9 * frame.heat_pump * (1.0 - 0.05 * frame.outside_temp)
                        + 0.3 * frame.hour_sin + rng.normal(0, 0.4, n))
    return frame


class Multiplier:
    """Price of the disagreement with the meter."""

    def __init__(self, rate):
        self.rate = rate
        self.value = tf.Variable(0.0, trainable=False)

    def ascend(self, gap):
        self.value.assign_add(self.rate * gap)


frame = households()
inputs = frame.drop(columns="load_kw")
inputs = ((inputs - inputs.mean()) / inputs.std()).to_numpy("float32")
loads = frame[["load_kw"]].to_numpy("float32")
METERED = float(loads.mean()) * 1.03          # three percent line losses

batches = tf.data.Dataset.from_tensor_slices((inputs, loads)).shuffle(512, seed=23).batch(128)
model = keras.Sequential([keras.Input((inputs.shape[1],)), keras.layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.05)
optimizer.build(model.trainable_variables)
price = Multiplier(rate=20.0)


@tf.function
def step(x, load):
    with tf.GradientTape() as tape:
        forecast = model(x, training=True)
        gap = tf.reduce_mean(forecast) - METERED
        loss = tf.reduce_mean(tf.square(load - forecast)) + price.value * gap  # whynan: learning_rate_too_high phase=loss also=exploding_gradient
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    price.ascend(gap)
    return loss, gap


for epoch in range(100):
    for x, load in batches:
        loss, gap = step(x, load)
    if epoch % 10 == 0:
        print(f"epoch {epoch:3d}: loss {float(loss):.4g}, gap to the meter {float(gap):.4g} kW, price {float(price.value):.4g}")
