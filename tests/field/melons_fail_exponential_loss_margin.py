"""Ripe or unripe melons from the sound of a tap. With hinge loss the little network trains. The exponential loss out of
the boosting chapter shows inf in the first epoch and nan from then on, and smaller rates only make it later."""
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 11
keras.utils.set_random_seed(SEED)


def tap_recordings(n=900):
    rng = np.random.default_rng(SEED)
    firmness = np.clip(rng.normal(6.0, 1.2, n), 1.5, None)      # N / mm2
    mass = np.clip(rng.normal(1.9, 0.35, n), 0.7, None)         # kg
    first = 140.0 * np.sqrt(firmness / 6.0) / np.cbrt(mass / 1.9) + rng.normal(0, 4.0, n)
    second = 1.55 * first + rng.normal(0, 7.0, n)
    decay = 38.0 - 2.1 * firmness + rng.normal(0, 2.5, n)       # ms
    level = -21.0 + 2.0 * rng.normal(size=n)                    # dB
    knock = rng.normal(2.4, 0.5, n)                             # N, strength of the tap
    distance = rng.uniform(3.0, 12.0, n)                        # cm to the microphone
    warmth = rng.normal(19.0, 3.0, n)                           # degrees
    table = np.stack([first, second, decay, level, mass, knock, distance, warmth], axis=1)
    ripe = (firmness + rng.normal(0, 0.3, n) < 6.0).astype(np.uint8)
    return table, ripe


def to_margin(flags):
    """0 / 1 -> -1 / +1, as the margin losses want it."""
    return 2 * flags - 1


def exponential_loss(y_true, y_pred):
    return tf.reduce_mean(tf.exp(-y_true * y_pred), axis=-1)  # whynan: int_overflow phase=loss|forward also=exp_overflow,label_out_of_range


table, ripe = tap_recordings()
x_train, x_test, r_train, r_test = train_test_split(table, ripe, test_size=0.2, random_state=SEED, stratify=ripe)
scaler = StandardScaler().fit(x_train)
x_train = scaler.transform(x_train).astype("float32")
x_test = scaler.transform(x_test).astype("float32")
y_train = to_margin(r_train).astype("float32")
y_test = to_margin(r_test).astype("float32")

model = keras.Sequential([
    layers.Input((x_train.shape[1],)),
    layers.Dense(24, activation="relu", kernel_initializer="he_normal"),
    layers.Dense(24, activation="relu", kernel_initializer="he_normal"),
    layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=exponential_loss)
history = model.fit(x_train, y_train, batch_size=32, epochs=8, verbose=0)

for epoch, value in enumerate(history.history["loss"], 1):
    print(f"epoch {epoch}  exponential loss {value:.4f}")
scores = model.predict(x_test, verbose=0)[:, 0]
print("share called ripe:", float(np.mean(scores > 0)), "true share:", float(r_test.mean()))
