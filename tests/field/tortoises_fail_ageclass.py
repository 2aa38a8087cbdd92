"""Age class of giant tortoises from body measurements, leave-one-island-out."""
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

CLASSES = ["hatchling", "juvenile", "subadult", "adult", "old"]
SCL_CM = np.array([8.0, 32.0, 62.0, 95.0, 112.0])
SURVEYS = {
    # island: (animals, share of each class as seen by the field team)
    "Pinzon": (520, [0.00, 0.22, 0.24, 0.42, 0.12]),
    "Espanola": (470, [0.00, 0.31, 0.27, 0.33, 0.09]),
    "Santiago": (380, [0.18, 0.25, 0.21, 0.28, 0.08]),
}


def survey(island):
    animals, shares = SURVEYS[island]
    age = rng.choice(len(CLASSES), size=animals, p=shares)
    scl = SCL_CM[age] * rng.normal(1, 0.11, animals)
    width = scl * rng.normal(0.78, 0.03, animals)
    mass = 0.00022 * scl ** 2.9 * rng.normal(1, 0.1, animals).clip(0.6, 1.4)
    wear = np.clip(age / 4 + rng.normal(0, 0.15, animals), 0, 1)
    tail = scl * rng.normal(0.16, 0.03, animals)
    x = np.column_stack([scl / 100, width / 100, np.log(mass), wear, tail / 10])
    return x.astype("float32"), age.astype("int32")


def load(held_out):
    train = [survey(i) for i in SURVEYS if i != held_out]
    x = np.concatenate([t[0] for t in train])
    y = np.concatenate([t[1] for t in train])
    return (x, y), survey(held_out)


(x_train, y_train), (x_test, y_test) = load("Santiago")
mean, std = x_train.mean(0), x_train.std(0)
x_train, x_test = (x_train - mean) / std, (x_test - mean) / std

counts = np.bincount(y_train, minlength=len(CLASSES))
balanced = len(y_train) / (len(CLASSES) * counts)  # whynan: divide_by_zero phase=data|loss
class_weight = tf.constant(balanced, tf.float32)

net = keras.Sequential([
    keras.Input((x_train.shape[1],)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(len(CLASSES)),
])
opt = keras.optimizers.Adam(5e-3)


def balanced_cross_entropy(labels, logits):
    onehot = tf.one_hot(labels, len(CLASSES))
    ce = tf.nn.softmax_cross_entropy_with_logits(labels=onehot, logits=logits)
    weight = tf.reduce_sum(onehot * class_weight, axis=-1)
    return tf.reduce_mean(weight * ce)


@tf.function
def step(x, labels):
    with tf.GradientTape() as tape:
        loss = balanced_cross_entropy(labels, net(x, training=True))
    grads = tape.gradient(loss, net.trainable_variables)
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return loss


batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(1000, seed=5).batch(33)
for epoch in range(8):
    total = keras.metrics.Mean()
    for xb, yb in batches:
        total.update_state(step(xb, yb))
    guess = np.argmax(net(x_test).numpy(), axis=1)
    print(epoch, "loss", float(total.result()), "accuracy on Santiago", np.mean(guess == y_test))
