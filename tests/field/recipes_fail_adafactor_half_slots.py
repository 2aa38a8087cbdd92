"""Ingredient bag -> cuisine. The embedding table is huge in production, so the second moments are factored (Adafactor)
and, to halve them once more, kept in float16. The model itself is plain float32.
"""
import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

keras.utils.set_random_seed(41)


class LeanAdafactor(keras.optimizers.Optimizer):
    """Adafactor without momentum; `slot_dtype` decides how the row/column statistics are stored."""

    def __init__(self, learning_rate=5e-3, decay=0.9, epsilon=1e-30, clip_threshold=1.0, slot_dtype="float32", name="lean_adafactor", **kwargs):
        super().__init__(learning_rate=learning_rate, name=name, **kwargs)
        self.decay = decay
        self.epsilon = epsilon
        self.clip_threshold = clip_threshold
        self.slot_dtype = slot_dtype

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.rows, self.columns = [], []
        for k, v in enumerate(variables):
            factored = len(v.shape) == 2
            row_shape = (v.shape[0],) if factored else tuple(v.shape)
            column_shape = (v.shape[1],) if factored else (1,)
            self.rows.append(self.add_variable(row_shape, dtype=self.slot_dtype, name=f"row_{k}"))
            self.columns.append(self.add_variable(column_shape, dtype=self.slot_dtype, name=f"column_{k}"))

    def remember(self, slot, statistic):
        """Moving average, returned in float32 for the arithmetic that follows."""
        old = ops.cast(slot, "float32")
        self.assign(slot, self.decay * old + (1.0 - self.decay) * statistic)
        return ops.cast(slot, "float32")

    def precondition(self, gradient, row, column):
        return gradient * ops.rsqrt(ops.outer(row / ops.mean(row), column))  # whynan: float16_optimizer_state phase=update also=float16_epsilon_underflow,divide_by_zero

    def update_step(self, gradient, variable, learning_rate):
        gradient = tf.convert_to_tensor(gradient)  # densify the embedding's IndexedSlices
        index = self._get_variable_index(variable)
        square = ops.square(gradient) + self.epsilon
        if len(gradient.shape) == 2:
            row = self.remember(self.rows[index], ops.mean(square, axis=1))
            column = self.remember(self.columns[index], ops.mean(square, axis=0))
            update = self.precondition(gradient, row, column)
        else:
            second = self.remember(self.rows[index], square)
            update = gradient / (ops.sqrt(second) + 1e-6)
        rms = ops.sqrt(ops.mean(ops.square(update)))
        update = update / ops.maximum(1.0, rms / self.clip_threshold)
        self.assign_sub(variable, ops.cast(learning_rate, "float32") * update)


def load_recipes(n=2400, vocabulary=1500, cuisines=6, length=12, seed=9):
    rng = np.random.default_rng(seed)
    cuisine = rng.integers(0, cuisines, n)
    rank = rng.zipf(1.4, size=(n, length)) % 200
    ingredients = 1 + (rank + 37 * cuisine[:, None]) % (vocabulary - 1)
    return ingredients.astype("int32"), cuisine.astype("int32")


def build_model(vocabulary=1500, cuisines=6):
    return keras.Sequential(
        [
            layers.Embedding(vocabulary, 24),
            layers.GlobalAveragePooling1D(),
            layers.Dense(32, activation="gelu"),
            layers.Dense(cuisines, activation="softmax"),
        ]
    )


ingredients, cuisine = load_recipes()
for slot_dtype in ("float32", "float16"):
    model = build_model()
    model.compile(
        optimizer=LeanAdafactor(slot_dtype=slot_dtype),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    print("slots in", slot_dtype)
    model.fit(ingredients, cuisine, batch_size=64, epochs=2, verbose=2)
