"""Energy used by heat-pump dryers per cycle, from load, spin speed, room temperature and programme.

I switched on the moving average of the weights because the curve was noisy.  Now it is perfectly smooth, but the loss does
not move at all, whatever rate I take (I tried 1e-3, 2e-3, 1e-2).  No error and no NaN.
"""
# whynan: unstable
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(38)

OPTIMIZER = dict(
    learning_rate=2e-3,
    clipnorm=1.0,
    use_ema=True,
    ema_momentum=0.9999,
    ema_overwrite_frequency=1,
)
PROGRAMMES = ("cotton", "easy_care", "wool", "towels")


def cycles(n, rng):
    load = rng.uniform(0.5, 8.0, n)
    spin = rng.choice([800, 1000, 1200, 1400, 1600], n)
    room = rng.normal(19, 4, n)
    programme = rng.integers(0, len(PROGRAMMES), n)
    remaining_water = load * (0.75 - spin / 4000)
    factor = np.array([1.0, 0.85, 0.7, 1.1])[programme]
    energy = factor * (0.25 + 0.45 * remaining_water) * (1 - 0.008 * (room - 19)) + rng.normal(0, 0.05, n)
    numbers = np.column_stack([(load - 4.25) / 2.2, (spin - 1200) / 280, (room - 19) / 4])
    features = np.concatenate([numbers, np.eye(len(PROGRAMMES))[programme]], axis=1)
    # cycles that were cut short by the user tell less about the machine
    weight = np.where(rng.random(n) < 0.1, 0.3, 1.0)
    target = (energy - energy.mean()) / energy.std()
    return features.astype("float32"), target.astype("float32")[:, None], weight.astype("float32")


def dataset(features, target, weight, training):
    rows = tf.data.Dataset.from_tensor_slices((features, target, weight))
    if training:
        rows = rows.shuffle(2048, seed=4)
    return rows.batch(64).prefetch(2)


class DryerNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.layers_ = [keras.layers.Dense(width, activation="gelu") for width in (48, 24)]
        self.out = keras.layers.Dense(1)

    def call(self, x):
        for layer in self.layers_:
            x = layer(x)
        return self.out(x)


def main():
    rng = np.random.default_rng(38)
    features, target, weight = cycles(1600, rng)
    train = dataset(features[:1280], target[:1280], weight[:1280], True)
    valid = dataset(features[1280:], target[1280:], weight[1280:], False)

    model = DryerNet()
    model.compile(optimizer=keras.optimizers.Adam(**OPTIMIZER), loss="mse", weighted_metrics=["mae"])
    history = model.fit(
        train, validation_data=valid, epochs=20, verbose=2,
        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=8, min_lr=1e-4)],
    )
    first, last = history.history["loss"][0], history.history["loss"][-1]
    print(f"loss {first:.5f} -> {last:.5f}")


if __name__ == "__main__":
    main()
