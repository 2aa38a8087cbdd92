import numpy as np
import pandas as pd
import tensorflow as tf
import keras

# How long until somebody answers the first message? (hours)
SEED = 19
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)


def make_profiles(n):
    return pd.DataFrame({
        "user_id": np.arange(n),
        "age": rng.integers(19, 66, n),
        "photos": rng.poisson(3, n),
        "bio_len": rng.gamma(1.5, 120, n).astype(int),
        "verified": rng.random(n) < 0.4,
    })


def make_messages(profiles, n):
    m = pd.DataFrame({
        "message_id": np.arange(n),
        "sender": rng.integers(0, len(profiles), n),
        "receiver": rng.integers(0, len(profiles), n),
        "chars": rng.gamma(2.0, 60, n).astype(int) + 2,
        "hour_sent": rng.integers(0, 24, n),
    })
    photos = profiles["photos"].to_numpy()[m["sender"]]
    mu = 2.4 - 0.15 * photos - 0.002 * m["chars"].clip(upper=300)
    hours = np.exp(mu + rng.normal(0, 0.8, n)).round(2)
    # thread closed before the receiver opened it
    hours[rng.random(n) < 0.012] = -1
    m["reply_hours"] = hours
    return m


profiles = make_profiles(500)
messages = make_messages(profiles, 2000)

df = (messages
      .merge(profiles.add_prefix("s_"), left_on="sender", right_on="s_user_id")
      .merge(profiles.add_prefix("r_"), left_on="receiver", right_on="r_user_id"))
df["age_gap"] = (df["s_age"] - df["r_age"]).abs()

cols = ["chars", "hour_sent", "s_age", "r_age", "age_gap", "s_photos", "r_photos",
        "s_bio_len", "r_bio_len", "s_verified", "r_verified"]
X = df[cols].astype("float32")
X = ((X - X.mean()) / X.std()).to_numpy()

y = np.log1p(df["reply_hours"].to_numpy("float32"))  # whynan: log_of_zero phase=data also=label_out_of_range,nan_in_label

net = keras.Sequential([
    keras.layers.Input((len(cols),)),
    keras.layers.Dense(32, activation="elu"),
    keras.layers.Dense(16, activation="elu"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(3e-3)

BS = 50
for epoch in range(3):
    perm = rng.permutation(len(X))
    losses = []
    for s in range(0, len(X), BS):
        idx = perm[s:s + BS]
        xb, yb = tf.constant(X[idx]), tf.constant(y[idx])
        with tf.GradientTape() as tape:
            pred = tf.squeeze(net(xb, training=True), axis=-1)
            loss = tf.reduce_mean(tf.square(pred - yb))
        g = tape.gradient(loss, net.trainable_variables)
        opt.apply_gradients(zip(g, net.trainable_variables))
        losses.append(float(loss))
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")
