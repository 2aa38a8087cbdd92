"""Adversarial training on the digits with an attack in tanh space (so that attacked pixels stay between 0 and 1).
The log line prints the range of the attack variable as -inf .. inf. Accuracy looks right though - can I trust it?"""
# whynan: side_nonfinite
import numpy as np
import tensorflow as tf
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(14)
ATTACK = {"steps": 5, "rate": 0.5, "confidence": 1.0}

images, labels = load_digits(return_X_y=True)
images = (images / 16.0).astype("float32")
x_train, x_test, y_train, y_test = train_test_split(images, labels.astype("int32"), test_size=0.25, random_state=14)

net = keras.Sequential([
    keras.Input((64,)),
    keras.layers.Dense(64, activation="tanh"),
    keras.layers.Dense(10),
])
optimizer = keras.optimizers.Adam(4e-3)


def to_tanh_space(x):
    with np.errstate(divide="ignore"):
        return tf.constant(np.arctanh(2.0 * x - 1.0))


def to_pixels(w):
    return 0.5 * (tf.tanh(w) + 1.0)


def attack(x, y):
    w = to_tanh_space(x)
    span = float(tf.reduce_min(w)), float(tf.reduce_max(w))
    hot = tf.one_hot(y, 10)
    for _ in range(ATTACK["steps"]):
        with tf.GradientTape() as tape:
            tape.watch(w)
            moved = to_pixels(w)
            logits = net(moved)
            right = tf.reduce_sum(hot * logits, axis=1)
            rival = tf.reduce_max(logits - 1e4 * hot, axis=1)
            lead = tf.nn.relu(right - rival + ATTACK["confidence"])
            cost = tf.reduce_sum(tf.square(moved - x)) + tf.reduce_sum(lead)
        w = w - ATTACK["rate"] * tape.gradient(cost, w)
    return to_pixels(w), span


def cross_entropy(x, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=net(x)))


rng = np.random.default_rng(14)
for epoch in range(8):
    order, losses, span = rng.permutation(len(x_train)), [], None
    for start in range(0, len(order) - 63, 64):
        rows = order[start:start + 64]
        x, y = x_train[rows], y_train[rows]
        hostile, span = attack(x, y)
        with tf.GradientTape() as tape:
            loss = 0.5 * cross_entropy(x, y) + 0.5 * cross_entropy(hostile, y)
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply_gradients(zip(grads, net.trainable_variables))
        losses.append(float(loss))
    hits = np.mean(np.argmax(net(x_test).numpy(), axis=1) == y_test)
    print(f"epoch {epoch}: loss {np.mean(losses):.4f}, test accuracy {hits:.3f}, "
          f"attack variable {span[0]:.2f} .. {span[1]:.2f}")
