import numpy as np
import pandas as pd
import tensorflow as tf
import keras

keras.utils.set_random_seed(63)
rng = np.random.default_rng(63)

# ---------------------------------------------------------------- cases
n = 1020
cases = pd.DataFrame({
    "filed": pd.date_range("2022-01-03", periods=n, freq="D"),
    "pages": rng.integers(20, 900, n),
    "parties": rng.integers(2, 9, n),
    "panel_size": rng.choice([1, 3, 5], n),
    "criminal": rng.integers(0, 2, n),
})
cases["log_days"] = (3.5 + 0.25 * np.log(cases["pages"]) + 0.05 * cases["parties"]
                     - 0.1 * cases["criminal"] + rng.normal(0, 0.15, n))
# number of clerks who checked the coding of the file
cases["checked_by"] = rng.integers(1, 5, n)
cases.loc[cases["filed"] >= cases["filed"].iloc[-32], "checked_by"] = 0

X = np.column_stack([
    np.log(cases["pages"]) - 5.5,
    (cases["parties"] - 5) / 2.5,
    (cases["panel_size"] - 3) / 1.6,
    cases["criminal"],
]).astype(np.float32)
y = (cases["log_days"] - cases["log_days"].mean()).to_numpy(np.float32)
w = (cases["checked_by"] / 4).to_numpy(np.float32)


# ---------------------------------------------------------------- model
def make_net(width):
    return keras.Sequential([
        keras.Input((4,)),
        keras.layers.Dense(width, activation="softplus"),
        keras.layers.Dense(width, activation="softplus"),
        keras.layers.Dense(1),
    ])


def weighted_mae(y_true, y_pred, weight):
    err = tf.abs(y_true - y_pred)
    return tf.reduce_sum(weight * err) / tf.reduce_sum(weight)  # whynan: zero_weight_sum phase=loss also=divide_by_zero


net = make_net(20)
optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
BATCH = 50

for epoch in range(3):
    total = []
    for start in range(0, n, BATCH):
        sl = slice(start, start + BATCH)
        with tf.GradientTape() as tape:
            out = tf.squeeze(net(X[sl], training=True), axis=-1)
            loss = weighted_mae(y[sl], out, w[sl])
        g = tape.gradient(loss, net.trainable_weights)
        optimizer.apply_gradients(zip(g, net.trainable_weights))
        total.append(loss.numpy())
    print("epoch", epoch, "weighted mae", sum(total) / len(total))

print("first predictions", net(X[:4]).numpy().ravel())
