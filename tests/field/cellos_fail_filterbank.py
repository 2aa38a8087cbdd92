"""Which string of a cello is played? Raw audio frames, windowed-sinc front end, small convolutional classifier."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

RATE = 4000
STRINGS = {"C": 65.4, "G": 98.0, "D": 146.8, "A": 220.0}
CONFIG = {"frame": 512, "n_frames": 640, "taps": 65, "filters": 12, "lr": 1e-3, "batch": 32, "epochs": 3, "seed": 6}


def lowpass(cutoff_hz, n_taps):
    """Ideal low-pass at cutoff_hz."""
    n = np.arange(n_taps) - (n_taps - 1) / 2
    return np.sin(2 * np.pi * cutoff_hz / RATE * n) / (np.pi * n)  # whynan: nan_in_initial_weights phase=data|forward also=divide_by_zero


def filterbank(n_filters, n_taps, fmin=50.0, fmax=1600.0):
    edges = np.geomspace(fmin, fmax, n_filters + 1)
    window = np.hamming(n_taps)
    bands = [(lowpass(hi, n_taps) - lowpass(lo, n_taps)) * window for lo, hi in zip(edges[:-1], edges[1:])]
    return np.stack(bands, axis=-1)[:, None, :].astype("float32")


def filterbank_init(shape, dtype=None):
    return ops.convert_to_tensor(filterbank(n_filters=shape[-1], n_taps=shape[0]), dtype=dtype)


class FilterbankConv(layers.Layer):
    """Convolution that starts as a constant-Q band-pass bank and is fine-tuned with the rest."""

    def __init__(self, filters, taps, stride=4, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.taps = taps
        self.stride = stride

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(self.taps, 1, self.filters), initializer=filterbank_init, name="kernel")

    def call(self, wave):
        bands = ops.conv(wave, self.kernel, strides=self.stride, padding="valid")
        return ops.tanh(4.0 * bands)


def record(cfg, rng):
    t = np.arange(cfg["frame"]) / RATE
    label = rng.integers(0, len(STRINGS), cfg["n_frames"])
    f0 = np.array(list(STRINGS.values()))[label] * rng.uniform(0.99, 1.06, cfg["n_frames"])
    wave = np.zeros((cfg["n_frames"], cfg["frame"]))
    for k in range(1, 6):
        phase = rng.uniform(0, 2 * np.pi, (cfg["n_frames"], 1))
        wave += rng.uniform(0.2, 1.0, (cfg["n_frames"], 1)) / k * np.sin(2 * np.pi * k * f0[:, None] * t + phase)
    wave += rng.normal(0, 0.05, wave.shape)
    wave /= np.abs(wave).max(axis=1, keepdims=True)
    return wave[..., None].astype("float32"), label.astype("int32")


class StringNet(keras.Model):
    def __init__(self, cfg, **kwargs):
        super().__init__(**kwargs)
        self.front = FilterbankConv(cfg["filters"], cfg["taps"])
        self.conv = layers.Conv1D(16, 9, strides=2, activation="tanh")
        self.pool = layers.GlobalAveragePooling1D()
        self.head = layers.Dense(len(STRINGS))
        self.mean_loss = keras.metrics.Mean(name="loss")

    def call(self, wave):
        return self.head(self.pool(ops.square(self.conv(self.front(wave)))))

    def train_step(self, data):
        wave, label = data
        with tf.GradientTape() as tape:
            logits = self(wave)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label, logits=logits))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}

    @property
    def metrics(self):
        return [self.mean_loss]


def main():
    keras.utils.set_random_seed(CONFIG["seed"])
    x, y = record(CONFIG, np.random.default_rng(CONFIG["seed"]))
    net = StringNet(CONFIG)
    net(x[:1])
    print(net.count_params(), "parameters")
    net.compile(optimizer=keras.optimizers.Adam(CONFIG["lr"]))
    net.fit(x[:512], y[:512], batch_size=CONFIG["batch"], epochs=CONFIG["epochs"], verbose=2)
    guess = net.predict(x[512:], verbose=0).argmax(axis=1)
    print("accuracy on held-out frames:", np.mean(guess == y[512:]))


if __name__ == "__main__":
    main()
