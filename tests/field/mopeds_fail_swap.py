"""Minutes until a shared moped is rented again.

Started on plain SGD, then swapped the optimiser for the one of the in-house C++
trainer so that both give the same numbers.
"""
import keras
import numpy as np
import pandas as pd
import tensorflow as tf

keras.utils.set_random_seed(404)

DISTRICTS = ["harbour", "old_town", "campus", "north", "stadium", "airport"]


def load_idle_times(n=1500):
    rng = np.random.default_rng(11)
    df = pd.DataFrame({
        # no parking zone at the airport before May
        "district": rng.choice(DISTRICTS[:-1], n, p=[0.15, 0.35, 0.25, 0.15, 0.1]),
        "charge": rng.uniform(15, 100, n),
        "hour": rng.integers(0, 24, n),
        "temp": rng.normal(16, 6, n),
        "dry": rng.random(n) < 0.75,
    })
    base = df["district"].map({"harbour": 55, "old_town": 20, "campus": 30,
                               "north": 80, "stadium": 65})
    idle = (base - 0.2 * df["charge"] - 1.1 * df["temp"] - 8 * df["dry"]
            + 15 * np.cos((df["hour"] - 4) / 24 * 2 * np.pi)
            + rng.normal(0, 6, n)).clip(lower=1)
    return df, idle.to_numpy()


def to_features(df):
    onehot = pd.get_dummies(pd.Categorical(df["district"], categories=DISTRICTS))
    cols = [
        onehot.to_numpy(),
        (df[["charge"]].to_numpy() - 57.5) / 25.0,
        np.sin(df[["hour"]].to_numpy() * 2 * np.pi / 24),
        np.cos(df[["hour"]].to_numpy() * 2 * np.pi / 24),
        (df[["temp"]].to_numpy() - 16) / 6.0,
        df[["dry"]].to_numpy(),
    ]
    return np.hstack([c.astype("float32") for c in cols])


OPTIMISERS = {
    "sgd": lambda: keras.optimizers.SGD(0.02),
    "sgd_momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "inhouse": lambda: keras.optimizers.Adam(0.002, beta_1=0.9, beta_2=0.99, epsilon=0.0),
}


def make_net(n_in):
    return keras.Sequential([
        keras.Input((n_in,)),
        keras.layers.Dense(20, activation="tanh"),
        keras.layers.Dense(10, activation="tanh"),
        keras.layers.Dense(1),
    ])


def fit_with(name, x, y, epochs=4, batch=50):
    keras.utils.set_random_seed(404)
    net = make_net(x.shape[1])
    opt = OPTIMISERS[name]()
    opt.build(net.trainable_variables)

    @tf.function
    def update(xb, yb):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(net(xb, training=True) - yb))
        grads = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(grads, net.trainable_variables))  # whynan: divide_by_zero phase=update
        return loss

    rows = np.arange(len(x))
    order = np.random.default_rng(0)
    for ep in range(epochs):
        order.shuffle(rows)
        losses = [update(tf.constant(x[rows[i:i + batch]]), tf.constant(y[rows[i:i + batch]])).numpy()
                  for i in range(0, len(x), batch)]
        print(f"[{name}] epoch {ep}  mse {np.mean(losses):.4f}")
    return net


frame, idle_minutes = load_idle_times()
features = to_features(frame)
target = ((idle_minutes - idle_minutes.mean()) / idle_minutes.std()).astype("float32")[:, None]
for choice in ("sgd_momentum", "inhouse"):
    trained = fit_with(choice, features, target)
