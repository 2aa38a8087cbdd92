# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(32)
rng = np.random.default_rng(32)
tokens = rng.integers(1, 50, size=(240, 12))
positive = (tokens < 8).any(1).astype("float32")

model = keras.Sequential([
    keras.Input((12,), dtype="int32"),
    keras.layers.Embedding(50, 8, embeddings_initializer=keras.initializers.RandomUniform(-30.0, 30.0)),
    keras.layers.GRU(12),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
model.fit(tokens, positive, epochs=4, batch_size=24, verbose=2)
