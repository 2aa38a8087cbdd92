"""Panel score of coffee aroma from peak areas of a chromatogram. Only the ranking matters to us, so the loss is
one minus the correlation. The loss is 1.0000 in every single epoch whatever learning rate I take."""
# whynan: unstable
import numpy as np
import keras
from keras import ops

keras.utils.set_random_seed(50)
rng = np.random.default_rng(50)

peaks = rng.lognormal(0.0, 0.6, (600, 12)).astype("float32")
x = np.log(peaks)
score = 6.0 + 0.8 * x[:, 0] - 0.5 * x[:, 3] + 0.6 * np.tanh(x[:, 7]) + rng.normal(0, 0.3, 600)
y = score.astype("float32")[:, None]


def correlation_loss(y_true, y_pred):
    t = y_true - ops.mean(y_true, axis=-1, keepdims=True)
    p = y_pred - ops.mean(y_pred, axis=-1, keepdims=True)
    covariance = ops.sum(t * p, axis=-1)
    spread = ops.sqrt(ops.sum(t * t, axis=-1) * ops.sum(p * p, axis=-1) + 1e-8)
    return 1.0 - covariance / spread


model = keras.Sequential([
    keras.Input((12,)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(1),
])
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=correlation_loss)
model.fit(x, y, batch_size=50, epochs=12, verbose=2)
print("correlation after training:", np.corrcoef(model.predict(x, verbose=0)[:, 0], score)[0, 1])
