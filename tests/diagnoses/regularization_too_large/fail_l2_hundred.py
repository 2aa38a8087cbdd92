import keras
import numpy as np
from keras import layers, regularizers

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)
genes = rng.normal(size=(180, 40)).astype("float32")
response = (genes[:, :3].sum(1, keepdims=True) * 0.5).astype("float32")

# far more columns than needed, so regularise strongly
model = keras.Sequential([
    keras.Input((40,)),
    layers.Dense(16, activation="tanh", kernel_regularizer=regularizers.L2(100.0)),
    layers.Dense(1, kernel_regularizer=regularizers.L2(100.0)),
])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
model.fit(genes, response, epochs=6, batch_size=20, verbose=2)  # whynan: regularization_too_large phase=loss
