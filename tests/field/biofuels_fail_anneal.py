import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

keras.utils.set_random_seed(1234)

EPOCHS = 12
BATCH = 64
BASE_RATE = 0.08
POWER = 0.9


def fatty_acid_table(n=1000):
    """Ester profile (wt%) -> cetane number, after the usual mixing rule."""
    rng = np.random.default_rng(17)
    prof = rng.dirichlet([2.0, 1.0, 4.0, 5.0, 1.5, 0.7], n)
    pure = np.array([74.0, 86.0, 59.0, 38.0, 23.0, 65.0])
    cetane = prof @ pure + 9.0 * prof[:, 0] * prof[:, 3] + rng.normal(0, 0.8, n)
    density = 0.86 + 0.04 * prof[:, 3] + 0.06 * prof[:, 4] + rng.normal(0, 0.002, n)
    x = np.column_stack([prof, density])
    x = (x - x.mean(0)) / x.std(0)
    y = (cetane - cetane.mean()) / cetane.std()
    return x.astype("float32"), y.astype("float32")[:, None]


x, y = fatty_acid_table()
steps_per_epoch = len(x) // BATCH
total_steps = EPOCHS * steps_per_epoch

model = keras.Sequential([
    layers.Input((x.shape[1],)),
    layers.Dense(32),
    layers.BatchNormalization(),
    layers.Activation("tanh"),
    layers.Dense(16, activation="tanh"),
    layers.Dense(1),
])


def learning_rate(step):
    progress = step / float(total_steps)
    return BASE_RATE * ops.power(1.0 - progress, POWER)  # whynan: lr_schedule_invalid phase=update|forward also=pow_domain


def loss_and_state(trainable, frozen, xb, yb):
    pred, frozen = model.stateless_call(trainable, frozen, xb, training=True)
    return ops.mean(ops.square(pred - yb)), frozen


@tf.function(reduce_retracing=True)
def update(trainable, frozen, step, xb, yb):
    """Pure: state in, state out (so that we can move to JAX later)."""
    with tf.GradientTape() as tape:
        tape.watch(trainable)
        loss, frozen = loss_and_state(trainable, frozen, xb, yb)
    grads = tape.gradient(loss, trainable)
    rate = learning_rate(step)
    trainable = [w - rate * g for w, g in zip(trainable, grads)]
    return loss, trainable, frozen


trainable = [tf.identity(v.value) for v in model.trainable_variables]
frozen = [tf.identity(v.value) for v in model.non_trainable_variables]

rng = np.random.default_rng(0)
step = 0
for epoch in range(EPOCHS):
    order = rng.permutation(len(x))
    seen = []
    for start in range(0, len(x), BATCH):
        pick = order[start:start + BATCH]
        loss, trainable, frozen = update(
            trainable, frozen, tf.constant(step, tf.float32),
            tf.constant(x[pick]), tf.constant(y[pick]))
        seen.append(float(loss))
        step += 1
    print(f"epoch {epoch:2d}  mse {np.mean(seen):.4f}")

for var, value in zip(model.trainable_variables, trainable):
    var.assign(value)
for var, value in zip(model.non_trainable_variables, frozen):
    var.assign(value)

pred = model.predict(x[:200], verbose=0)
print("mae on the first 200 samples:", float(np.mean(np.abs(pred - y[:200]))))
