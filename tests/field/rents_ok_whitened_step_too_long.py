"""Linear baseline on PCA features with full batch gradient descent. The loss only goes up?!"""
# whynan: unstable
import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(70)


def rents(n=256):
    rng = np.random.default_rng(70)
    size = rng.normal(70, 22, n)
    rooms = size / 25 + rng.normal(0, 0.4, n)
    floor = rng.integers(0, 8, n)
    distance = rng.gamma(3.0, 1.5, n)
    rent = 4.0 + 0.16 * size + 0.3 * floor - 0.5 * distance + rng.normal(0, 1.0, n)
    return np.column_stack([size, rooms, floor, distance]), rent.astype("float32")


class PrintEvery(keras.callbacks.Callback):
    def __init__(self, every):
        super().__init__()
        self.every = every

    def on_epoch_end(self, epoch, logs=None):
        if epoch % self.every == 0:
            print(f"{epoch:3d} mse {logs['loss']:.4g}")


X, rent = rents()
X = StandardScaler().fit_transform(X)
components = PCA(n_components=3, whiten=True, random_state=0).fit_transform(X).astype("float32")

inputs = keras.Input((3,))
baseline = keras.Model(inputs, keras.layers.Dense(1)(inputs))
# lecture notes: "features are white, so one can take long steps"
baseline.compile(optimizer=keras.optimizers.SGD(learning_rate=1.3), loss="mse")
baseline.fit(components, rent, batch_size=len(rent), epochs=60, verbose=0, callbacks=[PrintEvery(10)])
print("coefficients", baseline.get_weights()[0].ravel())
