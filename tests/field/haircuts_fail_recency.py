import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(7)
rng = np.random.default_rng(70)

# ---------------------------------------------------------------- bookings
# new booking system: the last 500 days. Old system: imported from its backup.
recent_age = np.sort(rng.uniform(0, 500, 1200))
backup_age = np.sort(rng.uniform(1700, 2300, 600))
age_days = np.concatenate([recent_age, backup_age])
n = len(age_days)

weekday = rng.integers(0, 6, n)
is_colour = rng.random(n) < 0.3
length_cm = rng.gamma(3.0, 9.0, n)
stylist = rng.integers(0, 5, n)
speed = np.array([0.9, 1.0, 1.1, 1.25, 0.95])[stylist]

minutes = (22 + 0.35 * length_cm + 38 * is_colour) * speed
minutes += np.where(age_days > 1000, 6.0, 0.0) + rng.normal(0, 4, n)

X = np.column_stack([
    (length_cm - length_cm.mean()) / length_cm.std(),
    is_colour,
    np.eye(6)[weekday],
    np.eye(5)[stylist],
]).astype("float32")
y = ((minutes - minutes.mean()) / minutes.std()).astype("float32")[:, None]

# what happened last week matters more than what happened last year
MEMORY_DAYS = 10.0
weight = np.exp(-age_days / MEMORY_DAYS).astype("float32")[:, None]

# ---------------------------------------------------------------- model
net = keras.Sequential([
    keras.Input((X.shape[1],)),
    keras.layers.Dense(24, activation="tanh"),
    keras.layers.Dense(12, activation="tanh"),
    keras.layers.Dense(1),
])
optimizer = keras.optimizers.RMSprop(1e-3)
optimizer.build(net.trainable_variables)


def weighted_mae(target, pred, w):
    err = tf.abs(target - pred)
    return tf.reduce_sum(w * err) / tf.reduce_sum(w)  # whynan: zero_weight_sum phase=loss also=divide_by_zero,exp_underflow


@tf.function
def train_batch(xb, yb, wb):
    with tf.GradientTape() as tape:
        out = net(xb, training=True)
        loss = weighted_mae(yb, out, wb)
    g = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(g, net.trainable_variables))
    return loss


bookings = tf.data.Dataset.from_tensor_slices((X, y, weight)).batch(64)

for epoch in range(1, 6):
    total, batches = 0.0, 0
    for xb, yb, wb in bookings:
        total += float(train_batch(xb, yb, wb))
        batches += 1
    print("epoch %d  weighted mae %.4f" % (epoch, total / batches))

sample = net(X[:4]).numpy().ravel() * minutes.std() + minutes.mean()
print("next four appointments [min]:", sample.round(1))
