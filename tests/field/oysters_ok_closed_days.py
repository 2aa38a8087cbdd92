"""Daily landings (kg) of an oyster farm, squared log ratio as loss."""
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)


def landings(start, days):
    date = pd.date_range(start, periods=days, freq="D")
    df = pd.DataFrame({"date": date})
    df["water_temp"] = (13 + 6 * np.sin(2 * np.pi * (date.dayofyear - 110) / 365)
                        + rng.normal(0, 1, days))
    df["tide"] = 2.5 + 1.2 * np.sin(2 * np.pi * np.arange(days) / 14.8) + rng.normal(0, 0.1, days)
    df["wind"] = rng.gamma(3, 2, days)
    df["boats"] = rng.integers(1, 6, days)
    kg = (60 * df["boats"] * np.exp(0.25 * df["tide"] - 0.04 * df["wind"] - 0.02 * df["water_temp"])
          * rng.lognormal(0, 0.15, days))
    closed = (date.dayofweek == 6) | (df["wind"] > 14)
    df["kg"] = kg.where(~closed, 0.0)
    return df


columns = ["water_temp", "tide", "wind", "boats"]
past = landings("2019-01-01", 1800)
past = past[past["kg"] > 0]
season = landings("2024-01-01", 300)

mean, std = past[columns].mean(), past[columns].std()


def tensors(df):
    x = ((df[columns] - mean) / std).to_numpy("float32")
    return x, df[["kg"]].to_numpy("float32")


train = tf.data.Dataset.from_tensor_slices(tensors(past)).shuffle(2000, seed=77).batch(64)
holdout = tf.data.Dataset.from_tensor_slices(tensors(season)).batch(100)

model = keras.Sequential([
    keras.Input((len(columns),)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
adam = keras.optimizers.Adam(5e-3)


def log_ratio(kg, log_forecast):
    return tf.reduce_mean(tf.square(tf.math.log(kg) - log_forecast))


@tf.function
def learn(x, kg):
    with tf.GradientTape() as tape:
        loss = log_ratio(kg, model(x, training=True))
    g = tape.gradient(loss, model.trainable_variables)
    adam.apply_gradients(zip(g, model.trainable_variables))
    return loss


@tf.function
def assess(x, kg):
    log_forecast = model(x, training=False)
    return log_ratio(kg, log_forecast), tf.reduce_mean(tf.abs(kg - tf.exp(log_forecast)))


for epoch in range(15):
    losses = [float(learn(x, kg)) for x, kg in train]
    scores = np.array([[float(s) for s in assess(x, kg)] for x, kg in holdout])
    val_loss, val_mae = scores.mean(axis=0)
    print(f"{epoch + 1:2d}  loss {np.mean(losses):.4f}  "
          f"val_loss {val_loss:.4f}  val_mae {val_mae:.1f} kg")  # whynan: side_nonfinite
