# whynan: healthy
import keras
import numpy as np

keras.utils.set_random_seed(20)
rng = np.random.default_rng(20)
x = rng.normal(size=(300, 4)).astype("float32")
dollars = 250000 + 80000 * x[:, 0] - 30000 * x[:, 1] * x[:, 2]
centre, spread = dollars.mean(), dollars.std()

model = keras.Sequential([
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(1),
    keras.layers.Rescaling(float(spread), offset=float(centre)),
])


def relative_mse(y_true, y_pred):
    return keras.ops.mean(keras.ops.square((y_true - y_pred) / spread), axis=-1)


model.compile(keras.optimizers.SGD(0.01), loss=relative_mse, metrics=["mse"])
model.fit(x, dollars.astype("float32"), epochs=5, batch_size=30, verbose=2)
