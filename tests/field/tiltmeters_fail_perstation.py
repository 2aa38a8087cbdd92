"""
Tilt of the retaining wall from temperature and rain, one noise level per tiltmeter
(some of the instruments are twenty years old), Gaussian likelihood.
"""
import keras
import numpy as np
import tensorflow as tf

N_METERS = 12
HOURS = 2400

keras.utils.set_random_seed(8)
gen = np.random.default_rng(8)


def load_log():
    hour = np.arange(HOURS)
    temp = 9 + 8 * np.sin(2 * np.pi * hour / 700) + 3 * np.sin(2 * np.pi * hour / 24)
    temp = temp + gen.normal(0, 0.6, HOURS)
    rain = gen.gamma(0.3, 2.0, HOURS)
    wet = np.convolve(rain, np.exp(-np.arange(48) / 12.0), mode="full")[:HOURS]
    meter = gen.integers(1, N_METERS, HOURS)
    meter[[1446, 1455, 1463]] = 12
    bias = gen.normal(0, 0.8, N_METERS + 1)
    noise = gen.uniform(0.1, 0.6, N_METERS + 1)
    tilt = 0.06 * (temp - 9) + 0.04 * wet + bias[meter] + noise[meter] * gen.normal(size=HOURS)
    feats = np.stack([temp, wet, np.sin(2 * np.pi * hour / 24), np.cos(2 * np.pi * hour / 24)], axis=1)
    feats = (feats - feats.mean(axis=0)) / feats.std(axis=0)
    return feats.astype("float32"), meter.astype("int32"), tilt.astype("float32")


class TiltModel(keras.Model):
    def __init__(self, n_meters, n_feats, **kw):
        super().__init__(**kw)
        self.n_meters = n_meters
        self.body = keras.Sequential([
            keras.Input((n_feats + n_meters,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1),
        ])
        self.raw_sigma = self.add_weight(
            shape=(n_meters,), initializer="zeros", name="raw_sigma")
        self.nll = keras.metrics.Mean(name="nll")

    def call(self, inputs, training=False):
        which = tf.one_hot(inputs["meter"], self.n_meters)
        mean = self.body(tf.concat([inputs["feats"], which], axis=1), training=training)
        sigma = tf.linalg.matvec(which, tf.nn.softplus(self.raw_sigma))
        return mean[:, 0], sigma

    @property
    def metrics(self):
        return [self.nll]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            mean, sigma = self(x, training=True)
            z = (tf.reshape(y, [-1]) - mean) / sigma  # whynan: label_out_of_range phase=loss|forward also=divide_by_zero rows=1446,1455,1463
            loss = tf.reduce_mean(0.5 * tf.square(z) + tf.math.log(sigma))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(grads, self.trainable_variables)
        self.nll.update_state(loss)
        return {"nll": self.nll.result()}


feats, meter, tilt = load_log()
model = TiltModel(N_METERS, feats.shape[1])
model.compile(optimizer=keras.optimizers.Adam(3e-3))
model.fit({"feats": feats, "meter": meter}, tilt,
          batch_size=32, epochs=3, shuffle=False, verbose=2)

sig = np.log1p(np.exp(model.raw_sigma.numpy()))
for number, s in enumerate(sig):
    print(f"tiltmeter {number:2d}: sigma {s:.3f}")
