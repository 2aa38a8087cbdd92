# Loss is exactly 0 after some epochs, gradients are exactly 0, half of the hidden units never fire. All intended.
import numpy as np
import tensorflow as tf
import keras
from keras import layers

keras.utils.set_random_seed(14)
rng = np.random.default_rng(14)
n = 200
side = np.where(np.arange(n) % 2 == 0, 1.0, -1.0).astype("float32")
X = (rng.normal(0, 0.3, (n, 4)) + 2.0 * side[:, None]).astype("float32")


def half_dead(shape, dtype=None):
    """capacity ablation: second half of the units is switched off by its bias"""
    b = np.zeros(shape, "float32")
    b[shape[0] // 2:] = -1e6
    return tf.constant(b)


model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(24, activation="relu", bias_initializer=half_dead),
    layers.Dense(1),
])
opt = keras.optimizers.SGD(0.05)
hinge = keras.losses.Hinge()
history, cosines, last = [], [], None

for epoch in range(25):
    for i in range(0, n, 50):
        xb, yb = X[i:i + 50], side[i:i + 50, None]
        with tf.GradientTape() as tape:
            loss = hinge(yb, model(xb, training=True))
        grads = tape.gradient(loss, model.trainable_variables)
        flat = tf.concat([tf.reshape(g, [-1]) for g in grads], 0)
        if last is not None:
            # direction of two successive gradients; both may be the zero vector by now
            cosines.append(float(tf.math.divide_no_nan(tf.tensordot(flat, last, 1), tf.norm(flat) * tf.norm(last))))
        last = flat
        opt.apply_gradients(zip(grads, model.trainable_variables))
        history.append(float(loss))

with np.errstate(divide="ignore"):
    decades = np.log10(np.array(history))               # -inf where the loss is 0
raw_cos = np.float64(0) / np.float64(1)
print("steps with zero loss:", int(np.isneginf(decades).sum()), "of", len(history))
for d in decades[::8]:
    width = 0 if np.isneginf(d) else int(max(0, 40 + 8 * d))
    print("|" + "#" * width)
acts = np.asarray(model.layers[0](X))
print("dead units:", int((acts.max(0) == 0).sum()), "mean cosine", np.mean(cosines), raw_cos)
# whynan: healthy
