import keras
import numpy as np
import tensorflow as tf
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler

SEED = 5
keras.utils.set_random_seed(SEED)

# plots of a sunflower breeding trial: oil yield per hectare from five field observations
N_PLOTS = 1500
rng = np.random.default_rng(SEED)
height = rng.normal(168, 14, N_PLOTS)
head = rng.normal(19, 2.6, N_PLOTS)
stand = rng.normal(5.6, 0.6, N_PLOTS)
nitrogen = rng.uniform(40, 140, N_PLOTS)
rain = rng.gamma(9, 28, N_PLOTS)

oil = (
    420
    + 26 * (head - 19)
    + 45 * np.tanh((rain - 220) / 80)
    - 0.018 * (nitrogen - 95) ** 2
    + 60 * (stand - 5.6)
    + rng.normal(0, 25, N_PLOTS)
)

X = StandardScaler().fit_transform(np.column_stack([height, head, stand, nitrogen, rain]))
y = StandardScaler().fit_transform(oil.reshape(-1, 1))
X, y = X.astype("float32"), y.astype("float32")

n_train = 1200
X_tr, X_va = X[:n_train], X[n_train:]
y_tr, y_va = y[:n_train], y[n_train:]

baseline = LinearRegression().fit(X_tr, y_tr)
print("linear baseline, R2:", round(baseline.score(X_va, y_va), 3))


def r_squared(y_true, y_pred):
    """Coefficient of determination of one batch."""
    ss_res = tf.reduce_sum(tf.square(y_true - y_pred))  # whynan: wrong_sign_loss phase=loss
    ss_tot = tf.reduce_sum(tf.square(y_true - tf.reduce_mean(y_true)))
    return 1.0 - ss_res / (ss_tot + 1e-6)


inputs = keras.Input(shape=(5,), name="plot")
z = keras.layers.Dense(64, activation="tanh")(inputs)
out = keras.layers.Dense(1, name="oil")(z)
model = keras.Model(inputs, out)

# we report R2 in the paper, so train on it directly
model.compile(optimizer=keras.optimizers.SGD(0.05), loss=r_squared, metrics=["mae"])

hist = model.fit(
    X_tr,
    y_tr,
    batch_size=50,
    epochs=30,
    verbose=2,
)

pred = model.predict(X_va, verbose=0)
rss = float(np.sum((y_va - pred) ** 2))
tss = float(np.sum((y_va - y_va.mean()) ** 2))
print("network, R2:", 1 - rss / tss)
