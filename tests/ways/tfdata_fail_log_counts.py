import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(80)

genes = np.random.negative_binomial(3, 0.15, size=(240, 12)).astype("float32") + 1
genes[133, 5] = 0                       # drop-out
cell_type = (genes[:, 0] > genes[:, 1]).astype("float32")


def prepare(counts, label):
    x = tf.math.log(counts)  # whynan: inf_in_input phase=data rows=133 also=log_of_zero
    return x - 2.5, label


train = (
    tf.data.Dataset.from_tensor_slices((genes, cell_type))
    .map(prepare, num_parallel_calls=tf.data.AUTOTUNE)
    .batch(30)
    .prefetch(2)
)

model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
model.fit(train, epochs=2, verbose=2)
print([bool(np.isfinite(w).all()) for w in model.get_weights()])
