import numpy as np
import keras
from keras import layers, ops, regularizers


class GroupLasso(regularizers.Regularizer):
    """Sum of the norms of the rows: switches whole inputs off."""

    def __init__(self, strength):
        self.strength = strength

    def __call__(self, w):
        return self.strength * ops.sum(ops.norm(w, axis=1))  # whynan: norm_grad_at_zero phase=gradient also=sqrt_grad_at_zero

    def get_config(self):
        return {"strength": self.strength}


keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)
genes = rng.normal(size=(200, 30)).astype("float32")
trait = (genes[:, :3].sum(1) + rng.normal(0, 0.1, 200)).astype("float32")

linear = keras.Sequential([
    keras.Input((30,)),
    layers.Dense(4, kernel_initializer="zeros", kernel_regularizer=GroupLasso(1e-3), activation="linear"),
    layers.Dense(1),
])
linear.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
log = linear.fit(genes, trait, batch_size=40, epochs=3, verbose=0)
print(log.history)
