# Climb rate of club sailplanes in thermals, from the logger and the forecast.
import functools

import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(303)
schedules = keras.optimizers.schedules

SCHEDULES = {
    "constant": lambda lr, steps: lr,
    "cosine": functools.partial(schedules.CosineDecay, alpha=0.01),
    "sgdr": functools.partial(schedules.CosineDecayRestarts, t_mul=1.0, m_mul=2.0),
}

EXPERIMENT = dict(
    schedule="sgdr",
    lr=0.02,
    cycle_epochs=1,
    epochs=16,
    batch=32,
    units=24,
)


def make_optimizer(exp, steps_per_epoch):
    rate = SCHEDULES[exp["schedule"]](exp["lr"], exp["cycle_epochs"] * steps_per_epoch)
    return keras.optimizers.SGD(rate)


def thermals(n):
    rng = np.random.default_rng(303)
    hour = rng.uniform(10.5, 18.5, n)
    cloudbase = rng.normal(1500, 350, n)
    wind = rng.gamma(2.5, 2.0, n)
    bank = rng.normal(38, 7, n)
    speed = rng.normal(92, 8, n)
    ballast = rng.choice([0, 40, 80, 120], n)
    strength = 2.2 * np.exp(-((hour - 14.3) / 2.6) ** 2) * cloudbase / 1500
    climb = strength - 0.02 * (bank - 38) ** 2 / 7 - 0.08 * wind - 0.004 * ballast
    climb += rng.normal(0, 0.35, n)
    X = np.column_stack([hour, cloudbase, wind, bank, speed, ballast])
    X = (X - X.mean(0)) / X.std(0)
    return X.astype(np.float32), climb.astype(np.float32).reshape(-1, 1)


X, climb = thermals(1200)
X_train, X_val = X[:960], X[960:]
c_train, c_val = climb[:960], climb[960:]

batches = (
    tf.data.Dataset.from_tensor_slices((X_train, c_train))
    .shuffle(960, seed=3)
    .batch(EXPERIMENT["batch"], drop_remainder=True)
)

model = keras.Sequential(
    [
        keras.layers.Input((X.shape[1],)),
        keras.layers.Dense(EXPERIMENT["units"], activation="tanh"),
        keras.layers.Dense(1),
    ]
)
mse = keras.losses.MeanSquaredError()
optimizer = make_optimizer(EXPERIMENT, len(batches))
optimizer.build(model.trainable_variables)


@tf.function
def step(x, c):
    with tf.GradientTape() as tape:
        loss = mse(c, model(x, training=True))  # whynan: learning_rate_too_high phase=loss|forward
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(EXPERIMENT["epochs"]):
    seen = [float(step(x, c)) for x, c in batches]
    val = np.mean((model(X_val).numpy() - c_val) ** 2)
    print(f"epoch {epoch:2d}  train {np.mean(seen):.4f}  last batch {seen[-1]:.4f}  val {val:.4f}")
