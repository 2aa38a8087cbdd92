"""Lead scoring for a car dealer. The monitoring team wants the population stability index of the scores per epoch.

The training log shows psi=nan or inf in nearly every line. Should I worry about the model?
"""
import keras
import numpy as np

keras.utils.set_random_seed(101)


class DriftIndex(keras.callbacks.Callback):
    def __init__(self, spring, autumn, bins=20):
        super().__init__()
        self.spring, self.autumn = spring, autumn
        self.edges = np.linspace(0.0, 1.0, bins + 1)

    def share(self, x):
        scores = self.model.predict(x, verbose=0).ravel()
        return np.histogram(scores, bins=self.edges)[0] / len(scores)

    def on_epoch_end(self, epoch, logs=None):
        expected, actual = self.share(self.spring), self.share(self.autumn)
        with np.errstate(divide="ignore", invalid="ignore"):
            psi = np.sum((actual - expected) * np.log(actual / expected))  # whynan: side_nonfinite
        print(f"epoch {epoch}: loss={logs['loss']:.4f} val_loss={logs['val_loss']:.4f} psi={psi:.4f}")


def leads(n, rng, shift=0.0):
    visits = rng.poisson(3, n)
    minutes = rng.gamma(2.0, 3.0, n)
    budget = rng.normal(24 + shift, 6, n)
    test_drive = rng.random(n) < 0.2
    x = np.stack([(visits - 3) / 1.7, (minutes - 6) / 4.2, (budget - 24) / 6, test_drive], axis=1)
    odds = -1.2 + 0.5 * x[:, 0] + 0.3 * x[:, 1] + 0.4 * x[:, 2] + 1.6 * x[:, 3]
    return x.astype("float32"), (rng.random(n) < 1 / (1 + np.exp(-odds))).astype("float32")


rng = np.random.default_rng(33)
spring_x, spring_y = leads(1400, rng)
autumn_x, autumn_y = leads(300, rng, shift=2.0)

model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="binary_crossentropy")
model.fit(spring_x, spring_y, batch_size=64, epochs=10, validation_data=(autumn_x, autumn_y),
          callbacks=[DriftIndex(spring_x, autumn_x)], verbose=0)
