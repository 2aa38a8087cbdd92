import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(19)


def r_squared(y_true, y_pred):
    """Coefficient of determination of one batch."""
    ss_res = tf.reduce_sum(tf.square(y_true - y_pred))  # whynan: wrong_sign_loss phase=loss
    ss_tot = tf.reduce_sum(tf.square(y_true - tf.reduce_mean(y_true)))
    return 1.0 - ss_res / (ss_tot + 1e-7)


def orangery_table(n=2000):
    """Yield per tree (kg) against climate settings of the glass house."""
    rng = np.random.default_rng(1860)
    night_temp = rng.normal(9.0, 2.0, n)
    day_temp = night_temp + rng.gamma(4.0, 2.0, n)
    lux = rng.normal(22.0, 6.0, n)
    water = rng.uniform(2.0, 9.0, n)
    age = rng.integers(3, 60, n)
    tub = rng.choice([80.0, 120.0, 180.0], n)
    kg = (12 - 0.15 * (day_temp - 18) ** 2 + 0.3 * lux - 0.4 * (water - 5.5) ** 2
          + 4 * np.tanh(age / 15) + 0.02 * tub + rng.normal(0, 1.5, n))
    x = np.stack([night_temp, day_temp, lux, water, age, tub], axis=1)
    return x, kg


x, kg = orangery_table()
x = ((x - x.mean(0)) / x.std(0)).astype("float32")
y = ((kg - kg.mean()) / kg.std()).astype("float32").reshape(-1, 1)

x_train, x_val = x[:1600], x[1600:]
y_train, y_val = y[:1600], y[1600:]

model = keras.Sequential([
    keras.layers.Input((6,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.05), loss=r_squared)

log = model.fit(
    x_train, y_train,
    validation_data=(x_val, y_val),
    batch_size=32,
    epochs=15,
    verbose=2,
)
print("last training loss", log.history["loss"][-1])
