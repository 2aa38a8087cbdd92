"""Chance of fog at an airfield, published in whole percent.

The log score that my callback prints is soon nan and stays nan. Keras itself
shows a perfectly normal loss and val_loss. Which of the two is lying?
"""
# whynan: side_nonfinite
import keras
import numpy as np

keras.utils.set_random_seed(14)


class Bulletin(keras.callbacks.Callback):
    """Scores what the public reads, not what the network says."""

    def __init__(self, x, fog):
        super().__init__()
        self.x, self.fog = x, fog

    def on_epoch_end(self, epoch, logs=None):
        chance = self.model.predict(self.x, verbose=0)[:, 0]
        published = np.round(100 * chance) / 100
        score = -(self.fog * np.log(published) + (1 - self.fog) * np.log(1 - published))
        print(
            f"epoch {epoch + 1:2d}  loss {logs['loss']:.4f}  val_loss {logs['val_loss']:.4f}"
            f"  log score of the bulletin {score.mean():.4f}"
        )


def mornings(n, rng):
    dew_gap = rng.gamma(1.5, 2.5, n)  # temperature minus dew point, K
    wind = rng.gamma(2.0, 1.5, n)
    cloud = rng.integers(0, 9, n)
    river = rng.normal(10, 3, n)
    tendency = 4.0 - 1.6 * dew_gap - 0.9 * wind - 0.2 * cloud + 0.15 * river
    fog = (tendency + 0.5 * rng.normal(size=n) > 0).astype("float32")
    x = np.stack([dew_gap, wind, cloud, river], axis=1).astype("float32")
    return x, fog


def main():
    rng = np.random.default_rng(14)
    x, fog = mornings(1000, rng)
    mean, std = x.mean(axis=0), x.std(axis=0)
    x = (x - mean) / std
    x_train, fog_train = x[:750], fog[:750]
    x_valid, fog_valid = x[750:], fog[750:]

    inputs = keras.Input((4,))
    h = keras.layers.Dense(32, activation="relu")(inputs)
    h = keras.layers.Dense(16, activation="relu")(h)
    chance = keras.layers.Dense(1, activation="sigmoid")(h)
    model = keras.Model(inputs, chance)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(
        x_train,
        fog_train,
        validation_data=(x_valid, fog_valid),
        batch_size=25,
        epochs=12,
        verbose=0,
        callbacks=[Bulletin(x_valid, fog_valid)],
    )


if __name__ == "__main__":
    main()
