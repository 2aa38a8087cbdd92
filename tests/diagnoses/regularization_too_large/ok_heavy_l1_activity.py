# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(54)
rng = np.random.default_rng(54)
x = rng.random((200, 30)).astype("float32")
sparse = keras.Sequential([
    keras.Input((30,)),
    keras.layers.Dense(12, activation="sigmoid", activity_regularizer=keras.regularizers.L1(50.0)),
    keras.layers.Dense(30, activation="sigmoid", kernel_regularizer=keras.regularizers.L1(20.0)),
])
sparse.compile(keras.optimizers.AdamW(1e-3, weight_decay=50.0), "binary_crossentropy")
sparse.fit(x, x, epochs=6, batch_size=20, verbose=2)
