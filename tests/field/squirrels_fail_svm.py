# Red or grey? Linear max-margin classifier on camera-trap measurements.
# Second version: normalise the step length so that a few odd pictures cannot
# throw the hyperplane around.
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

MAX_NORM = 1.0
BATCH = 60
EPOCHS = 25


def camera_trap(n, d=8):
    """Eight colour and shape measurements per animal, standardised per camera."""
    species = rng.choice([-1.0, 1.0], size=n)
    centre = rng.uniform(1.4, 1.8, size=d)
    feats = species[:, None] * centre + rng.normal(size=(n, d))
    return feats.astype("float32"), species.astype("float32")


X, y = camera_trap(2200)
X_tr, y_tr = X[:1800], y[:1800]
X_te, y_te = X[1800:], y[1800:]

svm = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
opt = keras.optimizers.SGD(learning_rate=0.02)
opt.build(svm.trainable_variables)


def hinge(target, score):
    return tf.reduce_mean(tf.maximum(0.0, 1.0 - target * score))


@tf.function
def train_step(xb, yb):
    with tf.GradientTape() as tape:
        score = svm(xb, training=True)[:, 0]
        loss = hinge(yb, score)
    grads = tape.gradient(loss, svm.trainable_variables)
    norm = tf.linalg.global_norm(grads)
    grads = [g * (MAX_NORM / norm) for g in grads]  # whynan: divide_by_zero phase=gradient|update also=clip_misuse
    opt.apply_gradients(zip(grads, svm.trainable_variables))
    return loss


def accuracy(xa, ya):
    s = svm(xa, training=False).numpy()[:, 0]
    return float(np.mean(np.sign(s) == ya))


data = tf.data.Dataset.from_tensor_slices((X_tr, y_tr)).shuffle(1800, seed=5).batch(BATCH)

history = []
for epoch in range(EPOCHS):
    running = keras.metrics.Mean()
    for xb, yb in data:
        running.update_state(train_step(xb, yb))
    history.append(float(running.result()))
    if epoch % 2 == 0:
        print(f"{epoch:3d}  hinge {history[-1]:.4f}  train {accuracy(X_tr, y_tr):.3f}  test {accuracy(X_te, y_te):.3f}")

w, b = svm.get_weights()
print("hyperplane", w[:, 0].round(2), "offset", b.round(2))
