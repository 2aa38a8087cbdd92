# whynan: healthy
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(45)
x = np.random.normal(size=(300, 8)).astype("float32")
price = (x @ np.arange(8)).astype("float32") / 8
sold = (price > 0).astype("float32")

inp = keras.Input((8,))
h = layers.Dense(32, activation="swish")(inp)
h = layers.LayerNormalization()(h)
model = keras.Model(inp, {"price": layers.Dense(1, name="price")(h), "sold": layers.Dense(1, activation="sigmoid", name="sold")(h)})
model.compile(
    keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(5e-3, 60), weight_decay=1e-4),
    loss={"price": "mse", "sold": "binary_crossentropy"},
    metrics={"sold": "accuracy"},
)
model.fit(x, {"price": price, "sold": sold}, epochs=6, batch_size=32, validation_split=0.2, verbose=2)
