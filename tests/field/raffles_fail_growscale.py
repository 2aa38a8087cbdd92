# Which members will buy a raffle ticket again?  Half precision, hand-written loop
# (the laptop version of what will later run on the club's GPU).
import numpy as np
import tensorflow as tf
import keras
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(19)
keras.mixed_precision.set_global_policy("mixed_float16")

EPOCHS = 10
BATCH = 64
GROW_EVERY = 40

r = np.random.RandomState(19)
n = 1920
age = r.normal(48, 14, n)
tickets = r.poisson(3.0, n)
years = r.exponential(4.0, n)
distance = r.gamma(2.0, 6.0, n)
won = r.binomial(1, 0.12, n)
score = 0.5 * (tickets - 3) + 0.03 * (age - 48) + 0.9 * won - 0.05 * (distance - 12)
bought = (score + r.logistic(0, 1.0, n) > 0).astype("float32")

X = np.column_stack([age, tickets, years, distance, won]).astype("float32")
X_tr, X_te, y_tr, y_te = train_test_split(X, bought, test_size=0.2, random_state=1)
scaler = StandardScaler().fit(X_tr)
X_tr, X_te = scaler.transform(X_tr), scaler.transform(X_te)

net = keras.Sequential([
    keras.Input((5,)),
    keras.layers.Dense(32, activation="tanh"),
    keras.layers.Dense(16, activation="tanh"),
    keras.layers.Dense(1),
])
opt = keras.optimizers.Adam(1e-3)
scale = tf.Variable(2.0 ** 12, trainable=False, dtype=tf.float32)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        logits = net(x, training=True)[:, 0]
        target = tf.cast(y, logits.dtype)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(target, logits))
        scaled = loss * tf.cast(scale, loss.dtype)  # whynan: loss_scale phase=forward|loss|gradient also=float16_overflow
    grads = tape.gradient(scaled, net.trainable_variables)
    grads = [tf.cast(g, tf.float32) / scale for g in grads]
    opt.apply_gradients(zip(grads, net.trainable_variables))
    return tf.cast(loss, tf.float32)


data = (
    tf.data.Dataset.from_tensor_slices((X_tr.astype("float32"), y_tr))
    .shuffle(len(X_tr), seed=19)
    .batch(BATCH, drop_remainder=True)
)

step = 0
for epoch in range(EPOCHS):
    losses = []
    for xb, yb in data:
        losses.append(float(train_step(xb, yb)))
        step += 1
        if step % GROW_EVERY == 0:
            scale.assign(scale * 2.0)
    pred = net(X_te.astype("float32"), training=False).numpy()[:, 0] > 0
    acc = np.mean(pred == (y_te > 0.5))
    print(f"epoch {epoch:2d}  loss {np.mean(losses):.4f}  test acc {acc:.3f}  scale {float(scale):.0f}")
