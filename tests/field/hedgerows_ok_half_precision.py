"""Species of hedgerow shrubs from leaf measurements, hidden layers in half precision.

Own dynamic scaling of the loss: start very high, halve on overflow, double after a quiet stretch.
"""
import numpy as np
import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(8)
gen = np.random.default_rng(8)

SPECIES = ["hazel", "hawthorn", "blackthorn", "dogwood", "spindle"]
FEATURES = 14


def leaves(n):
    centres = gen.normal(0, 1.1, (len(SPECIES), FEATURES))
    kind = gen.integers(0, len(SPECIES), n)
    x = centres[kind] + gen.normal(0, 1.0, (n, FEATURES))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), kind.astype("int32")


x, y = leaves(2500)
x_tr, y_tr, x_te, y_te = x[:2000], y[:2000], x[2000:], y[2000:]

model = keras.Sequential([
    keras.Input((FEATURES,)),
    keras.layers.Dense(64, activation="relu", dtype="mixed_float16"),
    keras.layers.Dense(32, activation="relu", dtype="mixed_float16"),
    keras.layers.Dense(len(SPECIES), dtype="float32"),
])
optimizer = keras.optimizers.Adam(2e-3)


@tf.function
def scaled_gradients(xb, yb, scale):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits))
        big = loss * scale
    grads = tape.gradient(big, model.trainable_variables)
    finite = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, grads, finite


scale = 2.0 ** 26
quiet = 0
skipped = 0
step = 0
data = tf.data.Dataset.from_tensor_slices((x_tr, y_tr)).shuffle(2000, seed=8).batch(64)

for epoch in range(10):
    total = []
    for xb, yb in data:
        loss, grads, finite = scaled_gradients(xb, yb, tf.constant(scale, tf.float32))
        step += 1
        if not bool(finite):
            scale /= 2
            quiet = 0
            skipped += 1
            print(f"step {step}: overflow, step skipped, scale now 2^{int(np.log2(scale))}")
            continue
        grads = [g / scale for g in grads]
        optimizer.apply_gradients(zip(grads, model.trainable_variables))  # whynan: healthy
        total.append(float(loss))
        quiet += 1
        if quiet == 60:
            scale *= 2
            quiet = 0
    guess = model(x_te, training=False).numpy().argmax(axis=1)
    print(f"epoch {epoch + 1}: loss {np.mean(total):.4f}  test acc {np.mean(guess == y_te):.3f}")

print(f"{skipped} of {step} steps skipped")
