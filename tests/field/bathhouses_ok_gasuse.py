"""Daily gas use of the municipal bathhouse, explained by weather and visitors."""
import numpy as np
import pandas as pd
import keras


def load_daily_log(days=512, seed=0):
    gen = np.random.default_rng(seed)
    doy = np.arange(days) % 365
    outside = 10.5 - 9.0 * np.cos(2 * np.pi * (doy - 15) / 365) + gen.normal(0, 2.5, days)
    visitors = gen.normal(360, 70, days).clip(60).round()
    humidity = gen.normal(78, 8, days).clip(30, 100)
    gas = 610 - 14.0 * outside + 0.55 * visitors + 0.4 * humidity + gen.normal(0, 15, days)
    return pd.DataFrame({"outside_c": outside, "visitors": visitors, "humidity": humidity, "gas_m3": gas})


def main():
    keras.utils.set_random_seed(1)
    log = load_daily_log()
    print(log.describe().round(1))

    X = log[["outside_c", "visitors", "humidity"]].to_numpy(dtype="float32")
    y = log["gas_m3"].to_numpy(dtype="float32")

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=1e-5),
        loss="mean_squared_error",
        metrics=["mean_absolute_error"],
    )
    h = model.fit(X, y, epochs=5, batch_size=64, verbose=2)  # whynan: unstable

    for i, (mse, mae) in enumerate(zip(h.history["loss"], h.history["mean_absolute_error"])):
        print(f"epoch {i}: mse {mse:.4g}, mae {mae:.4g}")

    kernel, bias = model.get_weights()
    for name, k in zip(["outside_c", "visitors", "humidity"], kernel[:, 0]):
        print(f"{name:10s} {k:12.4g} m3 per unit")
    print(f"base       {bias[0]:12.4g} m3")


if __name__ == "__main__":
    main()
