import keras
import numpy as np
from keras import layers, ops

keras.utils.set_random_seed(6)


class RMSLE(keras.losses.Loss):
    """Kaggle metric as a loss."""

    def call(self, y_true, y_pred):
        log_true = ops.log1p(y_true)  # whynan: label_out_of_range phase=loss rows=17,92,260 also=log_of_negative
        log_pred = ops.log1p(y_pred)
        return ops.sqrt(ops.mean(ops.square(log_pred - log_true), axis=-1) + 1e-6)


def make_sales(n=300, seed=6):
    rng = np.random.default_rng(seed)
    store = rng.integers(0, 10, n)
    promo = rng.integers(0, 2, n).astype("float32")
    dow = rng.integers(0, 7, n)
    revenue = 20 + 3 * store + 15 * promo + rng.gamma(2.0, 4.0, n)
    revenue[[17, 92, 260]] = [-35.0, -12.5, -80.0]      # days with more returns than sales
    return store, dow, promo, revenue.astype("float32")


store, dow, promo, revenue = make_sales()

s = keras.Input((1,), dtype="int32")
d = keras.Input((1,), dtype="int32")
p = keras.Input((1,))
z = layers.concatenate([
    layers.Flatten()(layers.Embedding(10, 4)(s)),
    layers.Flatten()(layers.Embedding(7, 2)(d)),
    p,
])
z = layers.Dense(32, activation="relu")(z)
y_hat = layers.Dense(1, activation="softplus")(z)    # sales can't be negative
model = keras.Model([s, d, p], y_hat)
model.compile(loss=RMSLE(), optimizer=keras.optimizers.Adam(5e-3))
model.fit([store[:, None], dow[:, None], promo[:, None]], revenue[:, None], epochs=4, batch_size=30, verbose=2)
