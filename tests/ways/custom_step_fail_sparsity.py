import keras
import numpy as np
from keras import ops

keras.utils.set_random_seed(12)


@keras.saving.register_keras_serializable()
class EntropyPenalty(keras.regularizers.Regularizer):
    """Prefer codes in which few units carry the mass."""

    def __init__(self, strength=1e-3):
        self.strength = strength

    def __call__(self, a):
        p = a / (ops.sum(a, axis=-1, keepdims=True) + 1e-6)
        return -self.strength * ops.sum(p * ops.log(p))  # whynan: log_of_zero phase=loss|forward

    def get_config(self):
        return {"strength": self.strength}


inputs = keras.Input((20,))
code = keras.layers.Dense(12, activation="relu", activity_regularizer=EntropyPenalty())(inputs)
outputs = keras.layers.Dense(20)(code)
ae = keras.Model(inputs, outputs)
ae.compile("adam", "mse")

basis = np.random.normal(size=(4, 20))
data = (np.random.normal(size=(256, 4)) @ basis).astype("float32")
ae.fit(data, data, epochs=2, batch_size=64, verbose=2)
