"""Neural point process for aftershocks: the intensity comes out of a GRU through a Lambda layer."""
import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(6)
EVENTS = 20


def catalogue(n=160, seed=6):
    rng = np.random.default_rng(seed)
    gaps = rng.gamma(0.8, 1.0, (n, EVENTS + 1)).astype("float32") + 1e-2
    history = np.stack([gaps[:, :-1], np.log(gaps[:, :-1])], axis=-1)
    return history.astype("float32"), gaps[:, 1:, None]


def compensator(rate, gap):
    # the intensity is taken as constant between two events
    return rate * gap


def log_likelihood(rate, gap):
    return ops.log(rate) - compensator(rate, gap)  # whynan: log_of_negative phase=loss also=wrong_loss_for_activation,unconstrained_scale


def point_process_nll(gap, rate):
    return -ops.mean(ops.sum(log_likelihood(rate, gap), axis=1), axis=-1)


def build():
    history = keras.Input((EVENTS, 2), name="history")
    h = layers.GRU(16, return_sequences=True)(history)
    excitation = layers.Dense(1, name="excitation")(h)
    # background seismicity of the region
    rate = layers.Lambda(lambda e: 0.05 + e, name="intensity")(excitation)
    return keras.Model(history, rate)


X, Y = catalogue()
model = build()
model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=point_process_nll)
history = model.fit(X, Y, epochs=3, batch_size=20, validation_data=(X[:20], Y[:20]), verbose=2)
print(history.history["loss"])
