# hammer prices of old marionettes; started from my "sold / not sold" notebook
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(1905)
rng = np.random.default_rng(1905)

# --- catalogue ------------------------------------------------------------
N = 1600
height_cm = rng.normal(52, 14, N).clip(15, 110)
age_years = rng.gamma(4, 18, N)
strings = rng.integers(5, 14, N)
signed = rng.random(N) < 0.22
costume_original = rng.random(N) < 0.55
damage = rng.integers(0, 5, N)
bidders = rng.poisson(4, N) + 1
theatre_known = rng.random(N) < 0.3

log_price = (4.2 + 0.008 * height_cm + 0.006 * age_years + 0.55 * signed + 0.3 * costume_original
             - 0.12 * damage + 0.09 * bidders + 0.35 * theatre_known + rng.normal(0, 0.2, N))
price = np.exp(log_price)

X = np.column_stack([height_cm, age_years, strings, signed, costume_original, damage, bidders, theatre_known])
X = (X - X.mean(axis=0)) / X.std(axis=0)
y = (price - price.mean()) / price.std()
X, y = X.astype("float32"), y.astype("float32").reshape(-1, 1)
X_train, y_train = X[:1280], y[:1280]
X_test, y_test = X[1280:], y[1280:]

# --- net --------------------------------------------------------------------
net = keras.Sequential([
    layers.Input((8,)),
    layers.Dense(32, activation="leaky_relu"),
    layers.Dropout(0.1),
    layers.Dense(16, activation="leaky_relu"),
    layers.Dense(1),
])
net.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.1, momentum=0.9),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
)

# --- training ---------------------------------------------------------------
batch = 64
for epoch in range(15):
    order = rng.permutation(len(X_train))
    losses = []
    for start in range(0, len(order), batch):
        pick = order[start:start + batch]
        losses.append(float(net.train_on_batch(X_train[pick], y_train[pick])))  # whynan: wrong_loss_for_task phase=forward|loss|gradient also=label_not_in_unit_interval
    print(f"epoch {epoch:2d}   loss {np.mean(losses):.4f}")

estimate = net.predict(X_test, verbose=0) * price.std() + price.mean()
truth = y_test * price.std() + price.mean()
print("mean error EUR:", np.abs(estimate - truth).mean())
