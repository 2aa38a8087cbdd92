"""Risk of falling from the sway of standing people on a force plate (four seconds, 1000 Hz).

The amplitude spectrum goes through a low-pass of which cut-off and order are learned; the start values are those of
our old script. The loss of the first batch is 0.7 as it should be. From the second batch on: nan. The gradients are
clipped to norm 1 for each variable and the rate is small.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import ops

keras.utils.set_random_seed(64)

CONFIG = {"cutoff_hz": 1.5, "order": 8.0, "hidden": 24, "rate": 5e-4, "batch": 40, "epochs": 5}
FREQUENCIES = np.arange(0.0, 500.25, 0.25).astype("float32")


def recordings(n=480, seed=64):
    rng = np.random.default_rng(seed)
    amplitude = rng.lognormal(1.6, 0.35, (n, 1))
    corner = rng.uniform(0.3, 1.6, (n, 1))
    spectrum = amplitude / (1.0 + (FREQUENCIES / corner) ** 1.6)
    spectrum = spectrum * rng.rayleigh(0.8, spectrum.shape) + 0.004 * rng.rayleigh(1.0, spectrum.shape)
    hum = np.abs(FREQUENCIES - 50.0) < 0.3
    spectrum[:, hum] += 0.05
    logit = 1.8 * (np.log(amplitude) - 1.6) + 1.5 * (corner - 0.95)
    falls = rng.random((n, 1)) < 1.0 / (1.0 + np.exp(-2.0 * logit))
    return (spectrum / 10.0).astype("float32"), falls.astype("float32")


class LowPass(keras.layers.Layer):
    """Amplitude response of a maximally flat filter, both of its parameters are trained."""

    def __init__(self, frequencies, cutoff, order, **kwargs):
        super().__init__(**kwargs)
        self.frequencies, self.start = frequencies, (float(np.log(cutoff)), order)

    def build(self, input_shape):
        constant = keras.initializers.Constant
        self.log_cutoff = self.add_weight(name="log_cutoff", shape=(), initializer=constant(self.start[0]))
        self.order = self.add_weight(name="order", shape=(), initializer=constant(self.start[1]))

    def call(self, spectrum):
        ratio = ops.convert_to_tensor(self.frequencies) / ops.exp(self.log_cutoff)
        response = 1.0 / ops.sqrt(1.0 + ops.power(ratio, 2.0 * self.order))  # whynan: exp_overflow phase=gradient|forward also=pow_overflow
        return spectrum * response


class SwayNet(keras.Model):
    def __init__(self, config):
        super().__init__()
        self.lowpass = LowPass(FREQUENCIES, config["cutoff_hz"], config["order"])
        self.hidden = keras.layers.Dense(config["hidden"], activation="tanh")
        self.risk = keras.layers.Dense(1, activation="sigmoid")

    def call(self, spectrum):
        return self.risk(self.hidden(self.lowpass(spectrum)))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [tf.clip_by_norm(g, 1.0) for g in gradients]
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
        return {metric.name: metric.result() for metric in self.metrics}


class BatchPrinter(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if batch < 3:
            print(f"  batch {batch}: loss {float(logs['loss']):.4f}  order {float(self.model.lowpass.order.numpy()):.3f}")


if __name__ == "__main__":
    spectra, falls = recordings()
    net = SwayNet(CONFIG)
    net.compile(optimizer=keras.optimizers.Adam(CONFIG["rate"]), loss="binary_crossentropy")
    net.fit(spectra, falls, batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=0, callbacks=[BatchPrinter()])
    print("learned cut-off in Hz:", float(np.exp(net.lowpass.log_cutoff.numpy())))
