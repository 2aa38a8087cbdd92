"""Calibration curve of a gas sensor. Own plateau scheduler because I wanted a cooldown."""
import keras
import numpy as np

keras.utils.set_random_seed(14)


class DropOnPlateau(keras.callbacks.Callback):
    """Shrinks the learning rate when the loss did not get better for `patience` epochs."""

    def __init__(self, factor=0.1, patience=2, min_delta=1e-2, cooldown=1):
        super().__init__()
        self.factor, self.patience = factor, patience
        self.min_delta, self.cooldown = min_delta, cooldown

    def on_train_begin(self, logs=None):
        self.best = np.inf
        self.wait = 0
        self.rest = 0

    def on_epoch_end(self, epoch, logs=None):
        loss = logs["loss"]
        if self.rest > 0:
            self.rest -= 1
            return
        if loss < self.best - self.min_delta:
            self.best, self.wait = loss, 0
            return
        self.wait += 1
        if self.wait >= self.patience:
            self._drop()
            self.wait, self.rest = 0, self.cooldown

    def _drop(self):
        optimizer = self.model.optimizer
        optimizer.learning_rate = float(optimizer.learning_rate) / self.factor
        print(f"plateau: learning rate is now {float(optimizer.learning_rate):.2e}")


class LossHistory(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.rows = []

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append((epoch, logs["loss"], float(self.model.optimizer.learning_rate)))


def calibration_runs(n=500):
    rng = np.random.default_rng(88)
    ppm = rng.uniform(-1, 1, n)
    humidity = rng.uniform(-1, 1, n)
    volts = 0.8 * np.tanh(2.5 * ppm) + 0.2 * humidity + rng.normal(0, 0.3, n)
    return np.column_stack([volts, humidity]).astype("float32"), ppm.astype("float32")


def build():
    inputs = keras.Input((2,))
    h = keras.layers.Dense(24, activation="tanh")(inputs)
    h = keras.layers.Dense(16, activation="tanh")(h)
    return keras.Model(inputs, keras.layers.Dense(1)(h))


X, y = calibration_runs()
history = LossHistory()
model = build()
model.compile(keras.optimizers.SGD(0.01), loss="mse")
model.fit(X, y, epochs=45, batch_size=25, callbacks=[DropOnPlateau(), history], verbose=0)  # whynan: learning_rate_too_high phase=update|forward|loss|gradient also=lr_schedule_invalid,exploding_gradient
print(history.rows[-1])
