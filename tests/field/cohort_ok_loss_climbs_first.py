"""Disease progression from five principal components, with a wide two-layer linear network.

The loss climbs steeply over the first handful of epochs before I have had time to look at anything. Is the
learning rate (copied from a note on wide networks) killing my run?
"""
import keras
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

WIDTH = 512
COMPONENTS = 5
LEARNING_RATE = 0.03

keras.utils.set_random_seed(3)

X, y = load_diabetes(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=3)

features = make_pipeline(StandardScaler(), PCA(COMPONENTS, whiten=True))
X_train = features.fit_transform(X_train).astype("float32")
X_test = features.transform(X_test).astype("float32")

centre, spread = y_train.mean(), y_train.std()
y_train = ((y_train - centre) / spread).astype("float32").reshape(-1, 1)
y_test = ((y_test - centre) / spread).astype("float32").reshape(-1, 1)

start = WIDTH**-0.25
model = keras.Sequential(
    [
        keras.Input((COMPONENTS,)),
        keras.layers.Dense(
            WIDTH, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(stddev=start, seed=11)
        ),
        keras.layers.Dense(
            1, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(stddev=start, seed=12)
        ),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(LEARNING_RATE), loss="mse")


class Diary(keras.callbacks.Callback):
    """One line for the first epochs, afterwards only every tenth."""

    def __init__(self):
        super().__init__()
        self.worst = 0.0

    def on_epoch_end(self, epoch, logs=None):
        self.worst = max(self.worst, logs["loss"])
        if epoch < 12 or epoch % 10 == 9:
            scale = [float(np.abs(w).max()) for w in self.model.get_weights()]
            print(f"epoch {epoch + 1:3d}  loss {logs['loss']:10.4f}  largest weights {scale}")


diary = Diary()
history = model.fit(  # whynan: healthy
    X_train, y_train, batch_size=len(X_train), epochs=150, shuffle=False, callbacks=[diary], verbose=0
)

reference = LinearRegression().fit(X_train, y_train)
print("first loss", history.history["loss"][0], "worst", diary.worst, "last", history.history["loss"][-1])
print("least squares on the same table", float(np.mean((reference.predict(X_train) - y_train) ** 2)))
print("test", model.evaluate(X_test, y_test, verbose=0))
