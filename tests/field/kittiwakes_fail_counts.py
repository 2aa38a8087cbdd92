import numpy as np
import pandas as pd
import tensorflow as tf
import keras

# breeding kittiwakes: apparently occupied nests per cliff plot and year,
# log-linear in habitat and sea conditions

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

plots, years = 160, 15
n = plots * years
plot_id = np.repeat(np.arange(plots), years)
year = np.tile(np.arange(2008, 2008 + years), plots)

cliffs = pd.DataFrame({
    "height_m": rng.gamma(9, 6, plots),
    "ledge_share": rng.beta(4, 5, plots),
    "aspect_north": np.cos(rng.uniform(0, 2 * np.pi, plots)),
})
sea = pd.DataFrame({
    "sst_feb": rng.normal(6.1, 0.7, years),
    "sandeel_index": rng.normal(100, 22, years),
})

X = pd.concat([cliffs.loc[plot_id].reset_index(drop=True),
               sea.loc[year - 2008].reset_index(drop=True)], axis=1)
Z = (X - X.mean()) / X.std()

log_rate = (5.2 + 0.20 * Z.height_m + 0.35 * Z.ledge_share + 0.10 * Z.aspect_north
            - 0.25 * Z.sst_feb + 0.15 * Z.sandeel_index)
nests = rng.poisson(np.exp(log_rate + rng.normal(0, 0.1, n)))

print(X.assign(nests=nests).describe().round(2).T[["mean", "std", "min", "max"]])

features = Z.to_numpy("float32")
counts = nests.astype("float32").reshape(-1, 1)
idx = rng.permutation(n)
train, hold = idx[:2000], idx[2000:]


def poisson_nll(y_true, log_mu):
    y_true = tf.cast(y_true, log_mu.dtype)
    nll = tf.nn.log_poisson_loss(y_true, log_mu)  # whynan: learning_rate_too_high phase=loss also=exp_overflow
    return tf.reduce_mean(nll, axis=-1)


def deviance(y, mu):
    y = np.maximum(y, 1e-9)
    return 2 * np.mean(y * np.log(y / mu) - (y - mu))


model = keras.Sequential([
    keras.Input((features.shape[1],)),
    keras.layers.Dense(1, name="log_mu"),
])
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss=poisson_nll)
model.fit(features[train], counts[train],
          batch_size=64,
          epochs=15,
          validation_data=(features[hold], counts[hold]),
          verbose=2)

kernel, bias = model.get_layer("log_mu").get_weights()
for name, b in zip(X.columns, kernel[:, 0]):
    print(f"{name:15s} {b: .3f}")
print("intercept", bias[0])
mu = np.exp(model.predict(features[hold], verbose=0))
print("deviance on held-out plots and years", deviance(counts[hold], mu))
