"""Own focal loss for the biopsy table.  First I feed it numbers by hand, then train until the loss has settled.

In the trials the loss climbs to ten thousand, all rows have the same answer and nothing is learned; they are there to
see that it stays finite.  The training stops by itself when the loss no longer changes.
"""
# whynan: healthy
import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(209)


class FocalLoss(keras.losses.Loss):
    """From logits; (1 - p)**2 and log p are both taken from the logit, nothing is clipped."""

    def call(self, y_true, y_pred):
        positive = tf.square(tf.sigmoid(-y_pred)) * tf.nn.softplus(-y_pred)
        negative = tf.square(tf.sigmoid(y_pred)) * tf.nn.softplus(y_pred)
        return tf.reduce_mean(y_true * positive + (1.0 - y_true) * negative, axis=-1)


focal = FocalLoss()


def trial_levels():
    ill, well = tf.ones((6, 1)), tf.zeros((6, 1))
    print("   logit   loss if ill   loss if well   slope if well")
    for level in (-1e4, -30.0, -5.0, 0.0, 5.0, 30.0, 1e4):
        same = tf.fill((6, 1), level)
        with tf.GradientTape() as tape:
            tape.watch(same)
            loss_well = focal(well, same)
        slope = tape.gradient(loss_well, same)
        print(f"{level:8.0f} {float(focal(ill, same)):13.5f} {float(loss_well):14.5f} {float(tf.reduce_sum(slope)):15.5f}")


def trial_slope(h=1e-2):
    z = tf.reshape(tf.linspace(-4.0, 4.0, 9), (9, 1))
    y = tf.constant([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0], [1.0], [0.0], [1.0]])
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = 9.0 * focal(y, z)
    by_tape = tape.gradient(loss, z).numpy()[:, 0]
    by_hand = [
        float(focal(y[i : i + 1], z[i : i + 1] + h) - focal(y[i : i + 1], z[i : i + 1] - h)) / (2 * h) for i in range(9)
    ]
    print("largest difference of the slopes:", np.abs(by_tape - np.array(by_hand)).max())


trial_levels()
trial_slope()

x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=209, stratify=y)
scaler = StandardScaler().fit(x_train)
x_train, x_test = [scaler.transform(part).astype("float32") for part in (x_train, x_test)]
target = y_train.astype("float32")[:, None]

inputs = keras.Input((x.shape[1],))
outputs = keras.layers.Dense(1)(keras.layers.Dense(16, activation="tanh")(inputs))
model = keras.Model(inputs, outputs)
print("untrained, should be near 0.17:", float(focal(target, model(x_train))))

optimizer = keras.optimizers.Adam(5e-3)


@tf.function
def step(rows, wanted):
    with tf.GradientTape() as tape:
        loss = focal(wanted, model(rows, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    return loss


previous, quiet = np.inf, 0
for number in range(800):
    loss = float(step(x_train, target))
    quiet = quiet + 1 if abs(previous - loss) < 1e-5 else 0
    previous = loss
    if number % 40 == 0:
        print(f"step {number:3d}  focal loss {loss:.5f}")
    if quiet >= 5:
        print(f"settled after {number} steps at {loss:.5f}")
        break

for name, rows, truth in (("train", x_train, y_train), ("test", x_test, y_test)):
    print(name, "area under the curve", round(roc_auc_score(truth, model(rows).numpy()[:, 0]), 4))
