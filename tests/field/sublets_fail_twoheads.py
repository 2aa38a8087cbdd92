"""One model, two questions about a flat: what rent to ask, and is it let within a week?"""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(77)
rng = np.random.default_rng(77)

N = 2000
DISTRICTS = ["Altstadt", "Neustadt", "Loebtau", "Pieschen", "Striesen", "Gorbitz", "Plauen"]
NUMERIC = ["sqm", "rooms", "floor", "year", "tram_min"]

flats = pd.DataFrame({
    "sqm": rng.gamma(9, 7, N) + 12,
    "floor": rng.integers(0, 9, N),
    "year": rng.choice([1905, 1928, 1955, 1972, 1986, 1998, 2015], N),
    "tram_min": rng.exponential(5, N),
    "district": rng.choice(len(DISTRICTS), N),
})
flats["rooms"] = (flats.sqm / 26).round().clip(1, 6)
premium = np.array([3.0, 2.6, 1.2, 1.4, 2.2, 0.0, 1.8])[flats.district]
per_sqm = 7.0 + premium + 0.01 * (flats.year - 1960).clip(0) - 0.05 * flats.tram_min
flats["rent"] = per_sqm * flats.sqm * rng.lognormal(0, 0.07, N)
p_quick = 1 / (1 + np.exp(-(0.4 * premium - 0.15 * flats.tram_min + 0.1)))
flats["quick"] = (rng.random(N) < p_quick).astype("int8")
flats = flats.sample(frac=1, random_state=3)

numeric = StandardScaler().fit_transform(flats[NUMERIC]).astype("float32")
district = flats["district"].to_numpy("int32")[:, None]
# hundreds of euros, so that the two losses have similar sizes
y_rent = (flats["rent"].to_numpy("float32") / 100.0)[:, None]
y_quick = flats["quick"].to_numpy("float32")[:, None]


def build_model():
    num_in = keras.Input((len(NUMERIC),), name="numeric")
    dis_in = keras.Input((1,), dtype="int32", name="district")
    emb = layers.Flatten()(layers.Embedding(len(DISTRICTS), 4)(dis_in))
    h = layers.Concatenate()([num_in, emb])
    h = layers.Dense(64, activation="leaky_relu")(h)
    h = layers.Dense(32, activation="leaky_relu")(h)
    rent = layers.Dense(1, name="rent")(h)
    quick = layers.Dense(1, activation="sigmoid", name="quick")(h)
    return keras.Model([num_in, dis_in], [rent, quick])


model = build_model()
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01),
    loss=["mse", "binary_crossentropy"],
    loss_weights=[0.5, 1.0],
)
model.summary(line_length=90)

history = model.fit([numeric, district], [y_quick, y_rent], batch_size=32, epochs=10, validation_split=0.15, verbose=2)  # whynan: label_not_in_unit_interval phase=loss|forward|gradient also=wrong_loss_for_task,label_out_of_range

rent_hat, quick_hat = model.predict([numeric[:5], district[:5]], verbose=0)
for i in range(5):
    print(f"{DISTRICTS[district[i, 0]]:10s} {100 * rent_hat[i, 0]:8.0f} EUR   quick: {quick_hat[i, 0]:.2f}")
