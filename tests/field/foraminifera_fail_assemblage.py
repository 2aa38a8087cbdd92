# Transfer function: sea surface temperature from counts of planktonic foraminifera
# in core-top samples. Hellinger transform inside the model, then a small MLP.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(1871)
rng = np.random.default_rng(1871)

N_SAMPLES = 650
N_COMMON, N_RARE = 22, 8


class HellingerTransform(layers.Layer):
    """sqrt of relative abundance, so that all samples are comparable."""

    def __init__(self, gain=2.0, **kwargs):
        super().__init__(**kwargs)
        self.gain = gain

    def call(self, counts):
        counts = tf.cast(counts, tf.float32)
        total = tf.reduce_sum(counts, axis=0, keepdims=True)
        return self.gain * tf.sqrt(counts / total)  # whynan: divide_by_zero phase=forward

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}


def coretops(n):
    sst = rng.uniform(2.0, 29.0, size=n)
    optimum = rng.uniform(0.0, 30.0, size=N_COMMON)
    width = rng.uniform(3.0, 8.0, size=N_COMMON)
    share = np.exp(-0.5 * ((sst[:, None] - optimum) / width) ** 2) + 0.02
    share /= share.sum(axis=1, keepdims=True)
    counts = np.stack([rng.multinomial(rng.integers(280, 420), s) for s in share])

    # species that turn up as a handful of shells in some of the samples
    seen = rng.random((n, N_RARE)) < 0.08
    rare = seen * rng.integers(1, 5, size=(n, N_RARE))
    return np.hstack([counts, rare]).astype("float32"), sst.astype("float32")


counts, sst = coretops(N_SAMPLES + 128)
x_train, t_train = counts[:N_SAMPLES], sst[:N_SAMPLES]
x_val, t_val = counts[N_SAMPLES:], sst[N_SAMPLES:]
mu, sd = t_train.mean(), t_train.std()


def build():
    inp = layers.Input((N_COMMON + N_RARE,), name="counts")
    h = HellingerTransform(name="hellinger")(inp)
    h = layers.Dense(40, activation="elu")(h)
    h = layers.Dense(20, activation="elu")(h)
    out = layers.Dense(1, name="sst_z")(h)
    return keras.Model(inp, out)


model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-3),
              loss=keras.losses.Huber(),
              metrics=[keras.metrics.RootMeanSquaredError(name="rmse")])
model.summary()

hist = model.fit(x_train, (t_train - mu) / sd,
                 batch_size=64, epochs=20, verbose=2)

rmsep = hist.history["rmse"][-1] * sd
print("training RMSE in degrees: %.2f" % rmsep)
pred = model.predict(x_val, batch_size=128, verbose=0)[:, 0] * sd + mu
print("validation bias: %.2f" % np.mean(pred - t_val))
