"""Shelf life of marzipan batches from the mixing protocol.

Warm restarts: long cycle first, then ever shorter ones, as a colleague does it for his almond roasting model.
"""
import numpy as np
import keras
from keras import layers

SEED = 2207
BATCH = 32
EPOCHS = 12


def mixing_protocols(n, rng):
    almond_share = rng.uniform(0.48, 0.70, n)
    moisture = rng.normal(8.6, 0.7, n)
    roast_minutes = rng.normal(21, 4, n)
    invert_sugar = rng.uniform(0.0, 0.1, n)
    alcohol = rng.choice([0.0, 0.5, 1.2], n, p=[0.6, 0.3, 0.1])
    store_temp = rng.normal(17, 2.5, n)
    weeks = (31 - 9 * (moisture - 8.6) + 60 * invert_sugar + 3.5 * alcohol
             - 1.1 * (store_temp - 17) - 20 * (almond_share - 0.6)
             + 0.2 * (roast_minutes - 21) + rng.normal(0, 2, n))
    x = np.stack([almond_share, moisture, roast_minutes, invert_sugar, alcohol, store_temp], axis=1)
    return x.astype("float32"), weeks.astype("float32")


def restarts(steps_per_epoch, peak=0.03):
    return keras.optimizers.schedules.CosineDecayRestarts(
        initial_learning_rate=peak,
        first_decay_steps=4 * steps_per_epoch,
        t_mul=0.5,
        m_mul=0.8,
        alpha=0.01,
    )


def build():
    inp = keras.Input((6,))
    h = layers.Dense(32, activation="tanh")(inp)
    h = layers.Dense(16, activation="tanh")(h)
    out = layers.Dense(1)(h)
    return keras.Model(inp, out)


def main():
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    x, weeks = mixing_protocols(1600, rng)
    n_train = 1280

    centre, spread = x[:n_train].mean(0), x[:n_train].std(0)
    x = (x - centre) / spread
    w_mean, w_std = weeks[:n_train].mean(), weeks[:n_train].std()
    y = (weeks - w_mean) / w_std

    model = build()
    steps = n_train // BATCH
    optimizer = keras.optimizers.SGD(restarts(steps), momentum=0.9, nesterov=True, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss="mse")
    history = model.fit(  # whynan: lr_schedule_invalid phase=update
        x[:n_train], y[:n_train],
        validation_data=(x[n_train:], y[n_train:]),
        batch_size=BATCH, epochs=EPOCHS, verbose=0,
    )
    for epoch, (a, b) in enumerate(zip(history.history["loss"], history.history["val_loss"])):
        print(f"{epoch:2d}  train {a:.4f}  val {b:.4f}")

    guess = model.predict(x[n_train:], verbose=0)[:, 0] * w_std + w_mean
    print("mean error in weeks:", np.abs(guess - weeks[n_train:]).mean())


if __name__ == "__main__":
    main()
