"""Small architecture search: forecast the takings (EUR) of week 13 from the first twelve weeks of a run."""
import itertools

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(1895)
rng = np.random.default_rng(1895)


def box_office(n):
    opening = rng.lognormal(10.5, 0.4, n)
    decay = rng.uniform(0.80, 0.92, n)
    weeks = np.arange(12)
    noise = rng.lognormal(0.0, 0.08, (n, 12))
    visitors = opening[:, None] * decay[:, None] ** weeks * noise
    screens = np.clip(visitors / rng.uniform(90, 140, (n, 1)), 3, None).round()
    ad_spend = rng.uniform(2e5, 5e6, (n, 1)) * 0.7 ** weeks
    takings = 2.0 * opening * decay ** 12 * rng.lognormal(0.0, 0.05, n)
    x = np.stack([visitors, screens, ad_spend], axis=-1)
    return x.astype("float32"), takings.astype("float32")[:, None]


X, y = box_office(1500)
X_train, y_train = X[:1200], y[:1200]
X_val, y_val = X[1200:], y[1200:]
print("takings: mean %.0f EUR, sd %.0f EUR" % (y.mean(), y.std()))


def build(kernel, filters):
    return keras.Sequential([
        layers.Input((12, 3)),
        layers.BatchNormalization(momentum=0.9),
        layers.Conv1D(filters, kernel, activation="relu"),
        layers.Conv1D(filters, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(1),
        layers.Rescaling(10_000.0),
    ])


def train(kernel, filters, epochs=12, batch=50, patience=3):
    model = build(kernel, filters)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="mse")
    best, best_weights, wait = float("inf"), None, 0
    order = np.arange(len(X_train))
    for epoch in range(epochs):
        rng.shuffle(order)
        losses = []
        for start in range(0, len(order), batch):
            rows = order[start:start + batch]
            losses.append(float(np.squeeze(model.train_on_batch(X_train[rows], y_train[rows]))))  # whynan: side_nonfinite
        val = float(np.squeeze(model.test_on_batch(X_val, y_val)))
        print(f"   epoch {epoch:2d}  mse {np.mean(losses):.3e}  val {val:.3e}")
        if val < best:
            best, best_weights, wait = val, model.get_weights(), 0
        else:
            wait += 1
            if wait >= patience:
                break
    model.set_weights(best_weights)
    return model, best


results = []
champion, champion_score = None, float("inf")
for kernel, filters in itertools.product([3, 5, 16], [12]):
    print(f"kernel {kernel}, filters {filters}")
    try:
        model, score = train(kernel, filters)
    except ValueError as err:
        print("   trial failed:", str(err).splitlines()[0][:80])
        results.append((kernel, filters, float("nan")))
        continue
    results.append((kernel, filters, score ** 0.5))
    if score < champion_score:
        champion, champion_score = model, score

for kernel, filters, rmse in sorted(results, key=lambda r: np.inf if np.isnan(r[2]) else r[2]):
    print(f"kernel {kernel:2d} filters {filters:2d} rmse {rmse:10.1f} EUR")
print("mean over the grid:", np.mean([r[2] for r in results]))
pred = champion.predict(X_val[:5], verbose=0)
print(np.c_[pred, y_val[:5]].round())
