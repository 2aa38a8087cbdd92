import numpy as np
import pandas as pd
import tensorflow as tf
import keras
from keras import layers

# Behaviour of collared orangutans from 30 s summaries of the accelerometer.
# Two field assistants scored the videos; rare classes matter, so focal loss.

keras.utils.set_random_seed(12)
rng = np.random.default_rng(12)

BEHAVIOURS = ["rest", "feed", "travel", "groom", "play", "nest-building"]
SHARE = [0.36, 0.30, 0.18, 0.07, 0.05, 0.04]


def field_table(n=2200):
    k = rng.choice(len(BEHAVIOURS), n, p=SHARE)
    centres = rng.normal(0, 1.2, (len(BEHAVIOURS), 10))
    feats = centres[k] + rng.normal(0, 1.0, (n, 10))
    df = pd.DataFrame(feats, columns=[f"f{i}" for i in range(10)])
    df["observer"] = rng.choice(["SW", "RK"], n, p=[0.7, 0.3])
    df["behaviour"] = np.array(BEHAVIOURS)[k]
    rk = (df["observer"] == "RK") & (df["behaviour"] == "nest-building")
    df.loc[rk, "behaviour"] = "nest building"
    return df


df = field_table()
df["behaviour"] = df["behaviour"].str.strip().str.lower()
df["y"] = pd.Index(BEHAVIOURS).get_indexer(df["behaviour"]).astype("int32")

X = df[[c for c in df if c.startswith("f")]].to_numpy("float32")
X = (X - X.mean(0)) / X.std(0)
y = df["y"].to_numpy()

train = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(len(X), seed=3).batch(40)

model = keras.Sequential([
    layers.Input((10,)),
    layers.Dense(48, activation="relu"),
    layers.Dropout(0.1),
    layers.Dense(24, activation="relu"),
    layers.Dense(len(BEHAVIOURS)),
])
optimizer = keras.optimizers.AdamW(1e-3)


def focal_loss(labels, logits, gamma=2.0):
    p = tf.nn.softmax(logits)
    target = tf.one_hot(labels, len(BEHAVIOURS))
    p_true = tf.reduce_sum(p * target, axis=-1)
    ce = -tf.math.log(p_true)  # whynan: label_out_of_range phase=loss also=log_of_zero
    return tf.reduce_mean(tf.pow(1.0 - p_true, gamma) * ce)


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss = focal_loss(yb, model(xb, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


for epoch in range(6):
    losses = [float(step(xb, yb)) for xb, yb in train]
    hit = np.mean(model(X).numpy().argmax(1) == y)
    print("epoch %d  focal %.4f  accuracy %.3f" % (epoch + 1, np.mean(losses), hit))
