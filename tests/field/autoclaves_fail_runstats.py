# Sterilisation runs: predict the log reduction of the spore strip from the logged cycle values.
# The plant sends raw readings, so the model scales its inputs itself (running estimates, saved with it).
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)
rng = np.random.default_rng(8)

COLUMNS = ["temperature_c", "pressure_bar", "humidity", "load_kg", "hold_min"]


def cycles(n):
    temp = rng.normal(121.3, 1.5, n)
    pressure = 2.1 + 0.05 * (temp - 121.3) + rng.normal(0, 0.06, n)
    humidity = np.clip(rng.normal(0.94, 0.02, n), 0, 1)
    load = rng.normal(30, 8, n)
    hold = rng.normal(18, 3, n)
    kill = hold / 3.0 * 10 ** ((temp - 121) / 10) - 0.03 * load + 4 * (humidity - 0.94)
    kill += rng.normal(0, 0.2, n)
    return np.stack([temp, pressure, humidity, load, hold], 1).astype("float32"), kill.astype("float32")


class OnlineScaler(layers.Layer):
    def __init__(self, beta1=0.9, beta2=0.99, eps=1e-6, **kw):
        super().__init__(**kw)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps

    def build(self, shape):
        d = shape[-1]
        self.m1 = self.add_weight(shape=(d,), initializer="zeros", trainable=False, name="first_moment")
        self.m2 = self.add_weight(shape=(d,), initializer="zeros", trainable=False, name="second_moment")

    def call(self, x, training=False):
        if training:
            self.m1.assign(self.beta1 * self.m1 + (1 - self.beta1) * ops.mean(x, axis=0))
            self.m2.assign(self.beta2 * self.m2 + (1 - self.beta2) * ops.mean(ops.square(x), axis=0))
        spread = ops.sqrt(self.m2 - ops.square(self.m1) + self.eps)  # whynan: sqrt_of_negative phase=forward
        return (x - self.m1) / spread


class SporeNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = OnlineScaler()
        self.hidden1 = layers.Dense(32, activation="gelu")
        self.hidden2 = layers.Dense(16, activation="gelu")
        self.out = layers.Dense(1)

    def call(self, x, training=False):
        h = self.scale(x, training=training)
        return self.out(self.hidden2(self.hidden1(h)))


x, y = cycles(1500)
x_val, y_val = cycles(300)

net = SporeNet()
net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.Huber(), metrics=["mae"])
hist = net.fit(x, y, batch_size=64, epochs=8, validation_data=(x_val, y_val), verbose=0)
for e, (a, b) in enumerate(zip(hist.history["loss"], hist.history["val_mae"])):
    print(f"epoch {e}: loss {a:.4f}  val mae {b:.4f}")
