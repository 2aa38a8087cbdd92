import numpy as np
import keras
from keras.layers import Dense, Input
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

SEED = 17
keras.utils.set_random_seed(SEED)


def plots(n=1800):
    """Allotment trial: what a plot of aubergines yields (kg per season)."""
    r = np.random.RandomState(SEED)
    soil_temp = r.normal(19, 3, n)
    water = r.gamma(6, 1.2, n)
    nitrogen = r.uniform(20, 140, n)
    potash = r.uniform(40, 220, n)
    sun = r.normal(7.5, 1.4, n)
    mulch = r.binomial(1, 0.5, n)
    kg = 18 + 1.1 * (soil_temp - 19) + 0.9 * water + 0.08 * nitrogen + 0.03 * potash
    kg = kg + 1.6 * (sun - 7.5) + 3.0 * mulch + r.normal(0, 2.0, n)
    X = np.column_stack([soil_temp, water, nitrogen, potash, sun, mulch])
    return X.astype("float32"), np.clip(kg, 4, None).astype("float32")


X, kg = plots()
X_tr, X_te, y_tr, y_te = train_test_split(X, kg, test_size=0.2, random_state=SEED)
sc = StandardScaler().fit(X_tr)
X_tr, X_te = sc.transform(X_tr), sc.transform(X_te)
print("yield: mean %.1f, sd %.1f, min %.1f, max %.1f" % (kg.mean(), kg.std(), kg.min(), kg.max()))

model = keras.Sequential([
    Input((X_tr.shape[1],)),
    Dense(32, activation="relu"),
    Dense(16, activation="relu"),
    Dense(1, activation="sigmoid"),
])
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", metrics=["mae"])

BATCH = 48
steps = len(X_tr) // BATCH
order = np.random.RandomState(0)
for epoch in range(20):
    perm = order.permutation(len(X_tr))
    losses = []
    for s in range(steps):
        idx = perm[s * BATCH:(s + 1) * BATCH]
        out = model.train_on_batch(X_tr[idx], y_tr[idx], return_dict=True)  # whynan: unstable
        losses.append(out["loss"])
    print(f"epoch {epoch + 1:2d}  mse {np.mean(losses):9.3f}")

test = model.evaluate(X_te, y_te, verbose=0, return_dict=True)
print("test", test)
p = model.predict(X_te, verbose=0)[:, 0]
for a, q in list(zip(y_te, p))[:8]:
    print(f"  weighed {a:6.1f} kg   predicted {q:6.2f} kg")
