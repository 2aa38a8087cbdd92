"""Call types of spotted hyenas: whoop, groan, lowing and giggle.

After a warm-up the classes are re-weighted every epoch by how badly they are found.
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(55)
rng = np.random.default_rng(55)

CALLS = ["whoop", "groan", "lowing", "giggle"]
WARMUP = 2

# ten cepstral features per call
centres = rng.normal(0, 1.5, size=(3, 10))
label = np.repeat([0, 1, 2, 3], [700, 480, 290, 30])
feats = centres[[0, 1, 2, 0]][label] + rng.normal(0, 1.0, size=(len(label), 10))
feats = feats.astype("float32")
label = label.astype("int32")

net = keras.Sequential([
    keras.Input((10,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(len(CALLS)),
])
adam = keras.optimizers.Adam(0.005)


def class_recall(x, y):
    guess = tf.argmax(net(x, training=False), axis=1)
    table = tf.math.confusion_matrix(y, guess, num_classes=len(CALLS), dtype=tf.float32)
    return tf.linalg.diag_part(table) / tf.reduce_sum(table, axis=1)


def train_batch(x, y, class_weight):
    with tf.GradientTape() as tape:
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=net(x, training=True))
        loss = tf.reduce_mean(tf.gather(class_weight, y) * ce)
    grads = tape.gradient(loss, net.trainable_variables)
    adam.apply_gradients(zip(grads, net.trainable_variables))
    return float(loss)


class_weight = tf.ones(len(CALLS))
for epoch in range(7):
    order = rng.permutation(len(label))
    losses = []
    for i in range(0, len(order), 32):
        rows = order[i:i + 32]
        losses.append(train_batch(tf.constant(feats[rows]), tf.constant(label[rows]), class_weight))

    recall = class_recall(feats, label)
    print(f"epoch {epoch} loss {np.mean(losses):.4f}",
          " ".join(f"{c}={r:.2f}" for c, r in zip(CALLS, recall.numpy())))
    if epoch >= WARMUP:
        class_weight = 1.0 / recall  # whynan: divide_by_zero phase=forward|loss
