"""Hourly balance of a bike dock (bikes returned minus bikes taken), own training loop.

It is count data, so Poisson regression with a log link. The loss goes down nicely for a moment (below zero, which I read
is normal for a likelihood without its constant term), then further and further down, and then it is nan.
"""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)

BATCH = 128
EPOCHS = 10
RATE = 0.01


def dock_history(days=180, seed=2):
    rng = np.random.default_rng(seed)
    hours = pd.date_range("2023-04-01", periods=24 * days, freq="h")
    h = hours.hour.to_numpy()
    workday = (hours.dayofweek.to_numpy() < 5).astype(float)
    temp = 14 + 8 * np.sin(2 * np.pi * (h - 9) / 24) + rng.normal(0, 2, len(h))
    rain = (rng.random(len(h)) < 0.1).astype(float)
    morning = np.exp(-0.5 * ((h - 8) / 1.2) ** 2)
    evening = np.exp(-0.5 * ((h - 17.5) / 1.5) ** 2)
    # office district: returned in the morning, taken in the evening
    returned = rng.poisson(1.0 + (10 * workday + 1) * morning * (1 - 0.4 * rain))
    taken = rng.poisson(1.0 + (9 * workday + 2) * evening * (1 - 0.4 * rain))
    return pd.DataFrame(
        {
            "hour_sin": np.sin(2 * np.pi * h / 24),
            "hour_cos": np.cos(2 * np.pi * h / 24),
            "half_sin": np.sin(4 * np.pi * h / 24),
            "half_cos": np.cos(4 * np.pi * h / 24),
            "workday": workday,
            "temp": (temp - temp.mean()) / temp.std(),
            "rain": rain,
            "net": returned - taken,
        }
    )


frame = dock_history()
print(frame["net"].describe())

features = frame.drop(columns="net").to_numpy("float32")
target = frame[["net"]].to_numpy("float32")

dataset = (
    tf.data.Dataset.from_tensor_slices((features, target))
    .shuffle(len(frame), seed=7)
    .batch(BATCH, drop_remainder=True)
)

net = keras.Sequential(
    [
        keras.Input((features.shape[1],)),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(48, activation="leaky_relu"),
        keras.layers.Dense(1),
    ]
)
optimizer = keras.optimizers.SGD(RATE, momentum=0.9)
optimizer.build(net.trainable_variables)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.log_poisson_loss(y, net(x, training=True)))  # whynan: wrong_loss_for_task phase=forward|loss|gradient also=label_out_of_range
    gradients = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(gradients, net.trainable_variables))
    return loss


for epoch in range(EPOCHS):
    losses = [float(step(x, y)) for x, y in dataset]
    print(f"epoch {epoch + 1:2d}  first {losses[0]:.4g}  last {losses[-1]:.4g}")
    if not np.isfinite(losses[-1]):
        break

rate = np.exp(net.predict(features[:24], verbose=0).ravel())
print("predicted balance, first day:", np.round(rate, 2))
