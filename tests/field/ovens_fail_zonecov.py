# Tunnel oven, four burner zones. Predict the zone temperatures two minutes ahead and let the
# errors be correlated between zones (neighbouring zones share air).
import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)

n = 1345
ZONES = ["zone1", "zone2", "zone3", "zone4"]

df = pd.DataFrame({
    "gas_1": rng.uniform(10, 60, n),
    "gas_2": rng.uniform(10, 60, n),
    "gas_3": rng.uniform(10, 60, n),
    "gas_4": rng.uniform(10, 60, n),
    "belt": rng.normal(1.2, 0.15, n),
    "dough": rng.choice([250.0, 400.0, 750.0], n),
    "damper": rng.uniform(0, 1, n),
})
gas = df[["gas_1", "gas_2", "gas_3", "gas_4"]].to_numpy()
mix = np.array([[1.0, 0.3, 0.0, 0.0], [0.3, 1.0, 0.3, 0.0], [0.0, 0.3, 1.0, 0.3], [0.0, 0.0, 0.3, 1.0]])
shared = rng.normal(0, 4, (n, 1))
temps = 150 + 1.6 * gas @ mix - 25 * df[["belt"]].to_numpy() - 30 * df[["damper"]].to_numpy()
temps = temps + shared + rng.normal(0, 5, (n, 4))

X = ((df - df.mean()) / df.std()).to_numpy("float32")
Y = ((temps - temps.mean(0)) / temps.std(0)).astype("float32")


def joint_gaussian_nll(y_true, y_pred):
    """Multivariate normal with the residual covariance estimated on the batch."""
    r = y_true - y_pred
    centred = r - tf.reduce_mean(r, axis=0, keepdims=True)
    count = tf.cast(tf.shape(r)[0], tf.float32)
    cov = tf.matmul(centred, centred, transpose_a=True) / count
    chol = tf.linalg.cholesky(cov)  # whynan: not_positive_definite phase=forward|loss also=single_element_variance
    white = tf.linalg.triangular_solve(chol, tf.transpose(r))
    half_logdet = tf.reduce_sum(tf.math.log(tf.linalg.diag_part(chol)))
    return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(white), axis=0)) + half_logdet


model = keras.Sequential([
    layers.Input((X.shape[1],)),
    layers.Dense(48, activation="tanh"),
    layers.Dense(48, activation="tanh"),
    layers.Dense(len(ZONES)),
])
model.compile(optimizer=keras.optimizers.Adam(2e-3), loss=joint_gaussian_nll, metrics=["mae"])
history = model.fit(X, Y, batch_size=64, epochs=15, verbose=2)

pred = model.predict(X, verbose=0) * temps.std(0) + temps.mean(0)
err = pd.DataFrame(temps - pred, columns=ZONES)
print(err.std().round(2))
print(err.corr().round(2))
