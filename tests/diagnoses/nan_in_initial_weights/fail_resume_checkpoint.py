import io

import keras
import numpy as np

keras.utils.set_random_seed(39)


def make_model():
    return keras.Sequential([
        keras.Input((5,)),
        keras.layers.Dense(12, activation="tanh", name="h1"),
        keras.layers.Dense(12, activation="tanh", name="h2"),
        keras.layers.Dense(2, name="head"),
    ])


def checkpoint_of_last_week():
    """Stands in for the file on the cluster."""
    old = [w.copy() for w in make_model().get_weights()]
    old[3][4] = np.nan  # whynan: nan_in_initial_weights phase=data|forward
    buffer = io.BytesIO()
    np.savez(buffer, *old)
    buffer.seek(0)
    return buffer


model = make_model()
archive = np.load(checkpoint_of_last_week())
model.set_weights([archive[name] for name in archive.files])
print("resumed from checkpoint")

rng = np.random.default_rng(39)
x = rng.normal(size=(200, 5)).astype("float32")
y = np.stack([x[:, 0] + x[:, 1], x[:, 2] * x[:, 3]], 1)
model.compile("adam", "mae")
model.fit(x, y, epochs=3, batch_size=20, verbose=2)
