"""I want to reproduce PCA with a linear autoencoder (2 numbers in the middle) on the wine data.

loss: nan in epoch 1. No activation function at all, so nothing can saturate?
"""
import keras
import numpy as np
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA

keras.utils.set_random_seed(3)

X = load_wine().data.astype("float32")

pca = PCA(n_components=2).fit(X)
X_pca = pca.inverse_transform(pca.transform(X))
print("error of PCA:", np.mean((X - X_pca) ** 2))

inputs = keras.Input(shape=(13,))
code = keras.layers.Dense(2, name="code")(inputs)
outputs = keras.layers.Dense(13, name="back")(code)
autoencoder = keras.Model(inputs, outputs)

autoencoder.compile(optimizer="sgd", loss="mean_squared_error")
history = autoencoder.fit(X, X, epochs=20, batch_size=16, verbose=2)  # whynan: unscaled_input phase=forward|loss|gradient|update also=unscaled_target,exploding_gradient,learning_rate_too_high

print("error of the autoencoder:", history.history["loss"][-1])
