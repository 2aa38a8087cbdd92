"""How far does a hammock sag?  Small regression net for the configurator in the web shop."""
import numpy as np
import keras
from keras import layers

HYPER = {
    "units": [24, 24],
    "optimizer": {"learning_rate": 0.5, "rho": 0.9},
    "batch_size": 40,
    "epochs": 25,
}


def measurements(n=800, seed=50):
    rng = np.random.default_rng(seed)
    span = rng.uniform(2.4, 4.5, n)
    load = rng.normal(78, 16, n)
    length = span * rng.uniform(1.05, 1.25, n)
    cotton = rng.integers(0, 2, n)
    spreader = rng.integers(0, 2, n)
    hook_height = rng.normal(1.7, 0.15, n)
    age_months = rng.gamma(2, 9, n)
    wet = (rng.random(n) < 0.1).astype(float)
    sag = (0.5 * np.sqrt(np.maximum(length**2 - span**2, 0)) + 0.002 * load * (1 + 0.4 * cotton)
           - 0.08 * spreader + 0.003 * age_months + 0.06 * wet + rng.normal(0, 0.02, n))
    x = np.column_stack([span, load, length, cotton, spreader, hook_height, age_months, wet])
    return x, sag


def zscore(a):
    return ((a - a.mean(axis=0)) / a.std(axis=0)).astype("float32")


def sag_net(n_in, units):
    net = keras.Sequential([keras.Input((n_in,))])
    for u in units:
        net.add(layers.Dense(u, activation="tanh"))
    net.add(layers.Dense(1))
    return net


def main():
    keras.utils.set_random_seed(50)
    x, sag = measurements()
    x, y = zscore(x), zscore(sag)

    net = sag_net(x.shape[1], HYPER["units"])
    net.compile(optimizer=keras.optimizers.RMSprop(**HYPER["optimizer"]), loss="mse")
    log = net.fit(  # whynan: unstable
        x, y, batch_size=HYPER["batch_size"], epochs=HYPER["epochs"], shuffle=True, verbose=0)
    for epoch, loss in enumerate(log.history["loss"]):
        print(f"{epoch:3d} {loss:10.3f}")

    err_cm = 100 * np.abs(net.predict(x, verbose=0)[:, 0] - y) * sag.std()
    print(f"mean error {err_cm.mean():.1f} cm")


if __name__ == "__main__":
    main()
