"""Mean discharge over a waterfall from two gauges (recurrent model).

Identity-initialised recurrent matrix with rectifiers, after Le, Jaitly and
Hinton (2015): cheaper than an LSTM and easier to export to the logger.
"""
import numpy as np
import keras
from keras import layers

SEED = 9
STEPS = 120          # ten-minute readings, 20 hours
SERIES = 960
BATCH = 32
EPOCHS = 3


def gauge_series(rng, n, steps):
    t = np.arange(steps) / steps
    level = rng.uniform(0.2, 0.6, (n, 1)) + 0.2 * np.sin(2 * np.pi * (t + rng.uniform(0, 1, (n, 1))))
    level += rng.normal(0, 0.03, (n, steps))
    rain = np.clip(rng.gamma(0.6, 0.4, (n, steps)), 0, 1)
    x = np.stack([np.clip(level, 0, 1), rain], axis=-1)
    # discharge follows the level, with the rain of the last hours on top
    late = rain[:, -36:].mean(axis=1)
    q = 0.7 * x[:, :, 0].mean(axis=1) + 0.3 * late
    return x.astype("float32"), q.astype("float32")


def build():
    inp = keras.Input((STEPS, 2))
    h = layers.SimpleRNN(
        48,
        activation="relu",
        recurrent_initializer=keras.initializers.Identity(),
    )(inp)
    out = layers.Dense(1)(h)
    m = keras.Model(inp, out)
    m.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    return m


def main():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    x, q = gauge_series(rng, SERIES, STEPS)
    n_train = 800
    model = build()
    model.summary()

    for epoch in range(EPOCHS):
        order = rng.permutation(n_train)
        total, count = 0.0, 0
        for start in range(0, n_train, BATCH):
            idx = order[start:start + BATCH]
            total += float(model.train_on_batch(x[idx], q[idx]))  # whynan: exploding_gradient phase=forward|loss also=learning_rate_too_high
            count += 1
        val = model.evaluate(x[n_train:], q[n_train:], verbose=0)
        print(f"epoch {epoch + 1}/{EPOCHS}  train mse {total / count:.5f}  val mse {val:.5f}")

    print("first predictions:", model.predict(x[n_train:n_train + 5], verbose=0).ravel())


if __name__ == "__main__":
    main()
