# Sort ornamental gourds into 12 varieties from shape descriptors.
# The varieties are very unequal, so every batch is balanced by its own class counts.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(31)
K = 12


def gourd_table(n=1500):
    rng = np.random.default_rng(31)
    freq = np.geomspace(1.0, 0.02, K)
    variety = rng.choice(K, size=n, p=freq / freq.sum())
    centre = rng.normal(0, 1.6, size=(K, 9))
    x = centre[variety] + rng.normal(0, 0.8, size=(n, 9))
    return x.astype("float32"), variety.astype("int32")


def balanced_crossentropy(y_true, y_pred):
    y = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    count = tf.reduce_sum(tf.one_hot(y, K), axis=0)
    weight = tf.cast(tf.shape(y)[0], tf.float32) / (float(K) * count)
    ce = keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True)
    return tf.gather(weight, y) * ce


x, variety = gourd_table()
print("smallest classes:", np.sort(np.bincount(variety, minlength=K))[:4])

net = keras.Sequential([
    keras.Input((9,)),
    keras.layers.Dense(48, activation="relu"),
    keras.layers.Dense(24, activation="relu"),
    keras.layers.Dense(K),
])
net.compile(optimizer=keras.optimizers.Adam(3e-3), loss=balanced_crossentropy)
h = net.fit(x[:1200], variety[:1200], batch_size=32, epochs=8, verbose=2)  # whynan: healthy

guess = net.predict(x[1200:], verbose=0).argmax(axis=1)
truth = variety[1200:]
print("accuracy: %.3f" % np.mean(guess == truth))
for k in np.unique(truth):
    print("  variety", k, "found %.2f" % np.mean(guess[truth == k] == k))
