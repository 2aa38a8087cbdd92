# Poisson regression of insect counts. The validation station reports the exposure in minutes instead of hours, exp()
# overflows there: val_loss is NaN/inf. Training is untouched. (Found it after a day.)
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(23)


def station(n, unit, seed):
    rng = np.random.default_rng(seed)
    hours = rng.uniform(0.2, 1.5, (n, 1))
    temp = rng.normal(size=(n, 1))
    counts = rng.poisson(np.exp(2.0 * hours + 0.2 * temp))
    return np.hstack([hours * unit, temp]).astype("float32"), counts.astype("float32")


def poisson_nll(y_true, rate):
    return ops.mean(rate - y_true * ops.log(rate), axis=-1)


x, y = station(512, unit=1.0, seed=1)
x_val, y_val = station(64, unit=60.0, seed=2)
glm = keras.Sequential([
    keras.Input((2,)),
    layers.Dense(1, activation="exponential", kernel_initializer="zeros"),
])
glm.compile(optimizer=keras.optimizers.Adam(0.03), loss=poisson_nll)
h = glm.fit(x, y, validation_data=(x_val, y_val), batch_size=32, epochs=20, verbose=0)
print("loss", h.history["loss"][0], "->", h.history["loss"][-1])
print("val_loss", h.history["val_loss"])
print("coefficients", glm.get_weights()[0].ravel())
# whynan: side_nonfinite
