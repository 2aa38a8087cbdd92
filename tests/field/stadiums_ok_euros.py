# match day revenue of football stadiums, from the league's open tender data
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(1904)
rs = np.random.RandomState(1904)

N = 3000
df = pd.DataFrame({
    "capacity": rs.choice([12500, 18000, 27000, 41500, 54000, 66000], size=N),
    "ticket_eur": rs.gamma(9.0, 3.6, size=N) + 8,
    "rank_home": rs.randint(1, 19, size=N),
    "rank_away": rs.randint(1, 19, size=N),
    "evening": rs.randint(0, 2, size=N),
    "derby": (rs.rand(N) < 0.08).astype(int),
    "temp_c": rs.normal(11, 7, size=N),
    "kiosks": rs.randint(10, 60, size=N),
})
fill = 0.55 + 0.25 * df.derby + 0.08 * df.evening - 0.012 * df.rank_home - 0.006 * df.rank_away
fill = (fill + 0.004 * df.temp_c).clip(0.1, 1.0)
people = df.capacity * fill
df["revenue_eur"] = people * (df.ticket_eur + 9.5 + 0.12 * df.kiosks) * rs.normal(1, 0.03, size=N) + 65_000
print(df.describe().T.to_string())

feature_names = [c for c in df.columns if c != "revenue_eur"]
train, test = df.iloc[:2500], df.iloc[2500:]
mu, sd = train[feature_names].mean(), train[feature_names].std()
X = ((train[feature_names] - mu) / sd).to_numpy("float32")
Xt = ((test[feature_names] - mu) / sd).to_numpy("float32")
y = train.revenue_eur.to_numpy("float32")[:, None]
yt = test.revenue_eur.to_numpy("float32")[:, None]

# the finance department wants the model itself to answer in euros
net = keras.Sequential([
    keras.Input((len(feature_names),)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(1),
    keras.layers.Rescaling(scale=float(y.std()), offset=float(y.mean())),
])
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")

BATCH = 50
for epoch in range(14):
    order = rs.permutation(len(X))
    losses = []
    for at in range(0, len(X), BATCH):
        rows = order[at:at + BATCH]
        losses.append(float(net.train_on_batch(X[rows], y[rows])))  # whynan: healthy
    print(f"epoch {epoch:2d}  loss {np.mean(losses):.4e}  worst batch {np.max(losses):.4e}")

with tf.GradientTape() as tape:
    off = tf.reduce_mean(tf.square(net(X[:500]) - y[:500]))
grads = tape.gradient(off, net.trainable_variables)
print("gradient norms now:", [f"{float(tf.norm(g)):.2e}" for g in grads])

pred = net.predict(Xt, verbose=0)
print("test MSE", float(np.mean((pred - yt) ** 2)))
print("test error in percent of the revenue", float(np.mean(np.abs(pred - yt) / yt) * 100))
