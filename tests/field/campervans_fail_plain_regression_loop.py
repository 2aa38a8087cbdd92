"""Asking price of used campervans, linear model, my first own training loop.

I wanted to see how GradientTape works before I try something bigger. The learning rate of 0.001 is already ten times
smaller than the default of SGD. The printed loss gets larger and larger and after a moment it is inf, then nan.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(31)


def load_adverts(n=320):
    rng = np.random.default_rng(12)
    age = rng.integers(0, 24, n)
    km = (age * rng.uniform(6, 17, n) + rng.uniform(1, 15, n)).round(1)
    adverts = pd.DataFrame(
        {
            "age_years": age,
            "km_thousand": km,
            "power_hp": rng.choice([95, 115, 130, 140, 150, 163, 180], n),
            "length_m": rng.choice([5.4, 5.99, 6.36, 6.8, 7.4], n),
            "berths": rng.integers(2, 7, n),
        }
    )
    price = (
        34.0
        - 1.1 * adverts["age_years"]
        - 0.06 * adverts["km_thousand"]
        + 0.11 * adverts["power_hp"]
        + 2.5 * adverts["length_m"]
        + rng.normal(0, 3, n)
    )
    adverts["price_thousand"] = price.clip(lower=4).round(1)
    return adverts


adverts = load_adverts()
print(adverts.describe().loc[["mean", "std", "min", "max"]].round(1))

y = adverts.pop("price_thousand").to_numpy("float32")[:, None]
x = adverts.to_numpy("float32")
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=1).batch(32)

model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(1)])
mse = keras.losses.MeanSquaredError()
optimizer = keras.optimizers.SGD(learning_rate=0.001)

step = 0
for epoch in range(5):
    seen = []
    for features, price in batches:
        with tf.GradientTape() as tape:
            predicted = model(features, training=True)
            loss = mse(price, predicted)  # whynan: learning_rate_too_high phase=update|loss also=unscaled_input,exploding_gradient
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        seen.append(float(loss))
        if step % 5 == 0:
            print(f"step {step:3d}  loss {seen[-1]:.4g}")
        step += 1
    print(f"epoch {epoch + 1}: mean loss {np.mean(seen):.4g}")

weights, bias = model.layers[-1].get_weights()
for name, value in zip(adverts.columns, weights[:, 0]):
    print(f"{name:12s} {value:.3g}")
