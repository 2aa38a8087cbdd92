# whynan: healthy
import sys
import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(77)


def load_frame(n=900):
    t = np.arange(n)
    rng = np.random.default_rng(77)
    df = pd.DataFrame({"load": 50 + 10 * np.sin(t / 24 * 2 * np.pi) + rng.normal(0, 1, n)})
    for lag in (1, 2, 24):
        df[f"lag_{lag}"] = df["load"].shift(lag)             # NaN in the first rows
    df["roll_std"] = df["load"].rolling(12).std().shift(1)
    df["pct"] = df["load"].pct_change().shift(1)
    print("NaN before dropna:", int(df.isna().sum().sum()))
    return df.dropna().reset_index(drop=True)


df = load_frame()
split = 650
target = df.pop("load").to_numpy("float32")
feats = ((df - df[:split].mean()) / df[:split].std()).to_numpy("float32")
target = (target - target[:split].mean()) / target[:split].std()

train = tf.data.Dataset.from_tensor_slices((feats[:split], target[:split])).shuffle(split, seed=1).batch(50)
valid = tf.data.Dataset.from_tensor_slices((feats[split:], target[split:])).batch(100)

model = keras.Sequential([keras.Input((feats.shape[1],)), keras.layers.Dense(24, activation="relu"),
                          keras.layers.Dense(1)])
optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.abs(tf.squeeze(model(xb, training=True), -1) - yb))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    return loss


best, best_weights, wait = float("inf"), None, 0
min_seen = np.full(3, np.inf)          # three best validation errors so far
for epoch in range(60):
    losses = [float(step(xb, yb)) for xb, yb in train]
    val = np.mean([float(tf.reduce_mean(tf.abs(model(xb)[:, 0] - yb))) for xb, yb in valid])
    min_seen = np.sort(np.append(min_seen, val))[:3]
    print(f"epoch {epoch:02d} train {np.mean(losses):.3f} val {val:.3f} best {best:.3f} top3 {min_seen}")
    if val < best - 1e-3:
        best, best_weights, wait = val, model.get_weights(), 0
    else:
        wait += 1
        if wait >= 3:
            print("no improvement, stopping")
            break

model.set_weights(best_weights)
print("restored, val MAE", best)
sys.exit(0)
