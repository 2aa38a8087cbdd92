"""Sorting belt of a canteen kitchen: fork, knife, spoon, teaspoon or ladle?"""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(404)
rng = np.random.default_rng(404)

NAMES = ["fork", "knife", "spoon", "teaspoon", "ladle"]
#                 length mm, weight g, width mm, bowl depth mm
MEANS = np.array([[195.0, 42.0, 24.0, 6.0],
                  [222.0, 68.0, 19.0, 1.0],
                  [198.0, 50.0, 43.0, 13.0],
                  [138.0, 24.0, 30.0, 8.0],
                  [305.0, 140.0, 88.0, 38.0]])
SPREAD = np.array([1.5, 1.0, 0.7, 0.3])


def belt(counts):
    label = np.repeat(np.arange(5), counts)
    rng.shuffle(label)
    return MEANS[label] + rng.normal(size=(len(label), 4)) * SPREAD, label.astype("int32")


x_train, y_train = belt([420, 390, 400, 370, 20])
x_check, y_check = belt([110, 90, 105, 95, 0])
low, high = x_train.min(0), x_train.max(0)
x_train = (6.0 * (x_train - low) / (high - low) - 3.0).astype("float32")
x_check = (6.0 * (x_check - low) / (high - low) - 3.0).astype("float32")

net = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(5),
])
opt = keras.optimizers.Adam(1e-2)
opt.build(net.trainable_variables)


def margin_loss(labels, scores, margin=1.0):
    """Mean over the pairs that still violate the margin."""
    hot = tf.one_hot(labels, 5)
    own = tf.reduce_sum(hot * scores, axis=1, keepdims=True)
    miss = tf.nn.relu(margin - own + scores) * (1.0 - hot)
    active = tf.reduce_sum(tf.cast(miss > 0.0, tf.float32))
    return tf.math.divide_no_nan(tf.reduce_sum(miss), active), active


@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        loss, active = margin_loss(yb, net(xb, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss, active


data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1600, seed=1).batch(64)
quiet = 0
for epoch in range(40):
    losses, open_pairs = [], 0.0
    for xb, yb in data:
        loss, active = step(xb, yb)  # whynan: healthy
        losses.append(float(loss))
        open_pairs += float(active)
    print(f"epoch {epoch:2d} loss {np.mean(losses):.6f} open pairs {open_pairs:.0f}")
    quiet = quiet + 1 if open_pairs == 0 else 0
    if quiet == 5:
        print("every pair is outside the margin, done")
        break

guess = np.argmax(net(x_check).numpy(), axis=1)
table = np.zeros((5, 5))
np.add.at(table, (y_check, guess), 1)
with np.errstate(invalid="ignore", divide="ignore"):
    recall = np.diag(table) / table.sum(axis=1)
    precision = np.diag(table) / table.sum(axis=0)
for name, r, p in zip(NAMES, recall, precision):
    shown = [f"{v:.3f}" if np.isfinite(v) else "none" for v in (r, p)]
    print(f"{name:9s} recall {shown[0]} precision {shown[1]}")
print("mean recall of the classes on the belt", round(float(np.nanmean(recall)), 4))
