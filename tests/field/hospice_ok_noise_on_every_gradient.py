"""Level of care (four levels) from the admission form of a hospice. The ethics board wants private training, so every
patient's gradient is cut to length 1 and noise is added before the step.

The noise that I print is longer than the gradient from the first step on, the loss begins at 1.386 = ln 4 and creeps.
Weights are finite as far as I looked. Can this work at all, or do I train on noise?
"""
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(58)  # whynan: healthy

PATIENTS = 2000
FIELDS = 20
LEVELS = 4
LOT = 100
LONGEST = 1.0
NOISE = 2.0


def admissions():
    rng = np.random.default_rng(12)
    typical = 0.75 * rng.normal(size=(LEVELS, FIELDS))
    level = rng.integers(0, LEVELS, size=PATIENTS)
    form = typical[level] + rng.normal(size=(PATIENTS, FIELDS))
    form = (form - form.mean(axis=0)) / form.std(axis=0)
    return form.astype("float32"), level.astype("int32")


net = keras.Sequential(
    [
        keras.Input((FIELDS,)),
        keras.layers.Dense(24, activation="tanh"),
        keras.layers.Dense(LEVELS, kernel_initializer="zeros"),
    ]
)
weights = [w.value for w in net.trainable_variables]
optimizer = keras.optimizers.SGD(0.04)
optimizer.build(net.trainable_variables)


def length(rows):
    return tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(r)) for r in rows]))


@tf.function
def private_step(form, level):
    with tf.GradientTape() as tape:
        scores = net(form, training=True)
        per_patient = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=level, logits=scores)
    each = tape.jacobian(per_patient, weights)
    squares = [tf.reduce_sum(tf.square(tf.reshape(g, (LOT, -1))), axis=1) for g in each]
    keep = tf.minimum(1.0, LONGEST / (tf.sqrt(tf.add_n(squares)) + 1e-6))

    signal, noise = [], []
    for g, w in zip(each, weights):
        flat = tf.reshape(g, (LOT, -1))
        mean = tf.reduce_mean(flat * keep[:, None], axis=0)
        signal.append(tf.reshape(mean, w.shape))
        noise.append(tf.random.normal(w.shape, stddev=NOISE * LONGEST / LOT))
    noisy = [s + n for s, n in zip(signal, noise)]
    optimizer.apply_gradients(zip(noisy, net.trainable_variables))
    return tf.reduce_mean(per_patient), length(noise) / length(signal)


def lots(rng):
    order = rng.permutation(PATIENTS)
    for start in range(0, PATIENTS, LOT):
        yield order[start : start + LOT]


form, level = admissions()
rng = np.random.default_rng(3)
for epoch in range(12):
    losses, shares = [], []
    for rows in lots(rng):
        loss, share = private_step(tf.constant(form[rows]), tf.constant(level[rows]))
        losses.append(float(loss))
        shares.append(float(share))
    guess = np.argmax(net(form, training=False).numpy(), axis=1)
    print(
        f"epoch {epoch + 1:2d}  loss {np.mean(losses):.4f}  noise / gradient {np.mean(shares):.2f}  "
        f"right {np.mean(guess == level):.3f}"
    )
