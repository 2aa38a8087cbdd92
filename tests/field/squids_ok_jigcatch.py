"""Good night or bad night? Catch of a squid jigger from the log of the bridge."""
import numpy as np
import pandas as pd
import keras
from keras import layers

keras.utils.set_random_seed(15)
rng = np.random.default_rng(15)


def bridge_log(n=2000):
    log = pd.DataFrame({
        "logged_at": pd.date_range("2019-01-05 19:00", periods=n, freq="17h"),
        "depth_m": rng.uniform(80, 700, n),
        "sst": rng.normal(13.5, 2.5, n),
        "moon": rng.random(n),
        "lamps": rng.choice([60, 80, 100, 120], n),
        "lat": rng.uniform(-48, -42, n),
    })
    score = (-((log.depth_m - 250) / 150) ** 2 + 0.5 * (log.sst - 13.5)
             - 2.0 * log.moon + 0.02 * (log.lamps - 90) + rng.normal(0, 0.5, n))
    log["good"] = (score > np.median(score)).astype(int)
    return log


log = bridge_log()
log["logged_at"] = log["logged_at"].map(lambda t: t.timestamp())
log = log.sample(frac=1, random_state=1).reset_index(drop=True)

features = ["logged_at", "depth_m", "sst", "moon", "lamps", "lat"]
X = log[features].to_numpy("float32")
y = log["good"].to_numpy("float32")
X_train, X_test, y_train, y_test = X[:1600], X[1600:], y[:1600], y[1600:]

model = keras.Sequential([
    keras.Input((len(features),)),
    layers.Dense(32, activation="tanh"),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

history = model.fit(X_train, y_train, validation_split=0.2, epochs=15, batch_size=64, verbose=2)  # whynan: unstable

loss, acc = model.evaluate(X_test, y_test, verbose=0)
print(f"test loss {loss:.4f}, accuracy {acc:.3f}, share of good nights {y_test.mean():.3f}")

p = model.predict(X_test, verbose=0)[:, 0]
print("predicted chance of a good night: min %.4f  max %.4f" % (p.min(), p.max()))

# the skipper says depth is everything
for lo, hi in [(80, 200), (200, 350), (350, 700)]:
    inside = (X_test[:, 1] >= lo) & (X_test[:, 1] < hi)
    print(f"{lo}-{hi} m: good {y_test[inside].mean():.2f}, predicted {p[inside].mean():.2f}")
