"""Linear autoencoder on the wine table, to show the students that it finds the same plane as PCA.

Three linear units in the middle, plain SGD. I went from 0.01 down to 0.001 and it still prints nan from the
first epoch on. There is no log, no division, not even an activation in there.
"""
import keras
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA

keras.utils.set_random_seed(12)

x = load_wine().data.astype("float32")
print("shape", x.shape, "missing", int((x != x).sum()))

pca = PCA(n_components=3).fit(x)
rebuilt = pca.inverse_transform(pca.transform(x))
print("PCA reconstruction error", float(((rebuilt - x) ** 2).mean()))

inputs = keras.Input((13,))
code = keras.layers.Dense(3, name="code")(inputs)
outputs = keras.layers.Dense(13, name="reconstruction")(code)
autoencoder = keras.Model(inputs, outputs)

autoencoder.compile(optimizer=keras.optimizers.SGD(1e-3), loss="mse")
log = autoencoder.fit(x, x, epochs=10, batch_size=32, verbose=0)  # whynan: unscaled_input phase=forward|loss|gradient|update also=exploding_gradient,learning_rate_too_high,unscaled_target

for epoch, value in enumerate(log.history["loss"], 1):
    print(f"epoch {epoch:2d}  reconstruction error {value:.4g}")
