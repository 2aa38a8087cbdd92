# Spirulina pond: predict hourly biomass gain (g/m2) from light and pond chemistry.
# gain = light * efficiency(pond), the net only has to learn the efficiency
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)

days = 60
hours = np.arange(days * 24)
hour_of_day = hours % 24

cloud = np.repeat(rng.uniform(0.4, 1.0, days), 24)
par = 1.6 * cloud * np.maximum(0.0, np.sin((hour_of_day - 6) / 12 * np.pi))   # mmol/m2/s
par[(hour_of_day <= 6) | (hour_of_day >= 18)] = 0.0                            # sensor is dark

temp = 27 + 5 * np.sin((hour_of_day - 9) / 24 * 2 * np.pi) + rng.normal(0, 1, len(hours))
ph = 9.8 + 0.2 * rng.normal(size=len(hours))
nitrate = np.clip(np.interp(hours % 240, [0, 240], [1.2, 0.3]) + rng.normal(0, 0.05, len(hours)), 0.05, None)
density = np.clip(np.interp(hours % 120, [0, 120], [0.4, 1.1]) + rng.normal(0, 0.03, len(hours)), 0.1, None)

eff = 2.2 * np.exp(-((temp - 31) / 8) ** 2) * nitrate / (nitrate + 0.2) / (0.5 + density)
gain = par * eff * rng.lognormal(0.0, 0.15, len(hours))

chem = np.stack([temp, ph, nitrate, density], axis=1)
chem = ((chem - chem.mean(0)) / chem.std(0)).astype("float32")
light = par.astype("float32")[:, None]
gain = gain.astype("float32")[:, None]


def tempered_mse(y_true, y_pred):
    # noise grows with the gain: compare on a compressed scale
    a = tf.pow(y_true, 0.4)
    b = tf.pow(y_pred, 0.4)  # whynan: pow_grad_at_zero phase=gradient
    return tf.reduce_mean(tf.square(a - b), axis=-1)


def pond_model():
    light_in = keras.Input((1,), name="par")
    chem_in = keras.Input((4,), name="chem")
    h = layers.Dense(32, activation="elu")(chem_in)
    h = layers.Dense(32, activation="elu")(h)
    efficiency = layers.Dense(1, activation="softplus", name="efficiency")(h)
    growth = layers.Multiply(name="growth")([light_in, efficiency])
    return keras.Model({"par": light_in, "chem": chem_in}, growth)


model = pond_model()
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=tempered_mse, metrics=["mae"])

cut = 50 * 24
history = model.fit(
    {"par": light[:cut], "chem": chem[:cut]}, gain[:cut],
    validation_data=({"par": light[cut:], "chem": chem[cut:]}, gain[cut:]),
    batch_size=48,
    epochs=6,
    callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)],
    verbose=2,
)

noon = np.flatnonzero(hour_of_day[cut:] == 12) + cut
forecast = model.predict({"par": light[noon], "chem": chem[noon]}, verbose=0)
for h, p in zip(noon, forecast[:, 0]):
    print(f"day {h // 24}: measured {gain[h, 0]:.2f}  predicted {p:.2f}")
