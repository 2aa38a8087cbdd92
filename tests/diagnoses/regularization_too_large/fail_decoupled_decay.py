"""Text classifier, AdamW; weight decay copied from a config written for another optimizer."""
import keras
import numpy as np

keras.utils.set_random_seed(51)
CONFIG = {"lr": 1e-2, "weight_decay": 500.0, "epochs": 6, "batch": 20}

rng = np.random.default_rng(51)
bags = rng.poisson(0.3, size=(240, 50)).astype("float32")
topic = (bags[:, :5].sum(1) > bags[:, 5:10].sum(1)).astype("float32")

inputs = keras.Input((50,))
h = keras.layers.Dense(16, activation="tanh")(inputs)
outputs = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.AdamW(CONFIG["lr"], weight_decay=CONFIG["weight_decay"]),
    loss="binary_crossentropy",
)
model.fit(bags, topic, epochs=CONFIG["epochs"], batch_size=CONFIG["batch"], verbose=2)  # whynan: regularization_too_large phase=update|loss
