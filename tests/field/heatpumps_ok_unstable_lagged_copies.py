# whynan: unstable
"""Heat demand of three houses from the last 24 outside temperatures.
One linear model and one compiled step per house, kept in a dictionary."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(1)
LAGS = 24
HOUSES = {"lakeside": 1, "hilltop": 2, "terrace": 3}


def measurements(seed, n=500):
    rng = np.random.default_rng(seed)
    t = np.arange(n + LAGS)
    outside = np.sin(2 * np.pi * t / 24) * 4 + np.cumsum(rng.normal(0, 0.6, n + LAGS))
    outside = (outside - outside.mean()) / outside.std()
    x = np.stack([outside[i:i + LAGS] for i in range(n)])
    demand = -0.8 * x[:, -3:].mean(axis=1) + 0.1 * rng.normal(size=n)
    return x.astype("float32"), demand.astype("float32")[:, None]


def make_step(rate):
    """returns (model, step); everything else stays inside"""
    model = keras.Sequential([keras.Input((LAGS,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    optimizer = keras.optimizers.SGD(rate)
    optimizer.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        return loss

    return model, step


def main(rate=0.052, sweeps=160):
    data = {name: tuple(map(tf.constant, measurements(seed))) for name, seed in HOUSES.items()}
    fitted = {name: make_step(rate) for name in HOUSES}
    losses = {name: [] for name in HOUSES}
    for sweep in range(sweeps):
        for name, (model, step) in fitted.items():
            losses[name].append(float(step(*data[name])))
        if sweep % 20 == 0 or sweep == sweeps - 1:
            print(f"{sweep:3d} " + "  ".join(f"{name} {values[-1]:.4g}" for name, values in losses.items()))
    for name, values in losses.items():
        if values[-1] > values[0]:
            print("hm,", name, "got worse?")


if __name__ == "__main__":
    main()
