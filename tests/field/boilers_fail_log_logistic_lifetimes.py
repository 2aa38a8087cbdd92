"""Days until the first repair of a boiler: accelerated failure time model with a log-logistic error.

The likelihood improves steadily for about ten epochs, the validation as well, the printed scale goes where I expect it,
and then the loss is nan from one epoch to the next. Shuffling or another seed only changes the epoch.
"""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(40)

EFFECTS = np.array([0.30, -0.20, 0.10, 0.0, 0.05])  # load, water hardness, age of house, gas type, altitude
OBSERVATION_WINDOW = 60.0  # days


def simulate(count, rng):
    features = rng.standard_normal((count, len(EFFECTS)))
    log_days = np.log(25.0) + features @ EFFECTS + 0.05 * rng.logistic(size=count)
    days = np.exp(log_days)
    window = rng.uniform(20.0, OBSERVATION_WINDOW, count)
    left_early = rng.random(count) < 0.2
    repaired = ~(left_early & (days > window))
    days = np.where(repaired, days, window)
    return features.astype("float32"), days, repaired.astype(float)


def take_over_old_register(days, repaired):
    """Boilers from the previous operator: installed, according to the file, on 1 January 2015."""
    for row in (88, 305, 471):
        days[row], repaired[row] = 3650.0 + row % 7, 1.0
    return days, repaired


def pack(days, repaired):
    return np.stack([np.log(days), repaired], axis=1).astype("float32")


class SharedScale(layers.Layer):
    """Append one trainable scale, the same for every boiler."""

    def build(self, input_shape):
        self.log_scale = self.add_weight(name="log_scale", shape=(), initializer="zeros")

    def call(self, location):
        scale = ops.exp(self.log_scale) * ops.ones_like(location)
        return ops.concatenate([location, scale], axis=-1)


class LogLogisticLikelihood(keras.losses.Loss):
    def call(self, y_true, y_pred):
        log_days, repaired = y_true[:, 0], y_true[:, 1]
        location, scale = y_pred[:, 0], y_pred[:, 1]
        z = (log_days - location) / scale
        log_density = z - ops.log(scale) - 2.0 * ops.softplus(z)
        log_survival = ops.log(1.0 - ops.sigmoid(z))  # whynan: log_of_zero phase=forward|loss rows=88,305,471
        return -(repaired * log_density + (1.0 - repaired) * log_survival)


class PrintScale(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if epoch % 4 == 0:
            scale = float(np.exp(self.model.get_layer("scale").log_scale.numpy()))
            print(f"epoch {epoch:2d}  loss {logs['loss']:.4f}  scale {scale:.3f}")


def build_model(median_log_days):
    inputs = keras.Input((len(EFFECTS),))
    h = layers.Dense(8, activation="relu")(inputs)
    location = layers.Dense(1, bias_initializer=keras.initializers.Constant(median_log_days))(
        layers.Concatenate()([inputs, h]))
    return keras.Model(inputs, SharedScale(name="scale")(location))


def main():
    rng = np.random.default_rng(40)
    x, days, repaired = simulate(600, rng)
    days, repaired = take_over_old_register(days, repaired)
    x_new, days_new, repaired_new = simulate(150, rng)

    model = build_model(float(np.median(np.log(days))))
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=LogLogisticLikelihood())
    model.fit(x, pack(days, repaired), validation_data=(x_new, pack(days_new, repaired_new)),
              batch_size=32, epochs=25, verbose=0, callbacks=[PrintScale()])


if __name__ == "__main__":
    main()
