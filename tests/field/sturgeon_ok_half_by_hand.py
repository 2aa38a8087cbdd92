# Caviar grading from roe measurements. Forward/backward in half precision,
# master weights in float32, our own scaler (the farm's box has no mixed
# precision API, so the same loop is ported there).
import numpy as np
import tensorflow as tf
import keras

keras.utils.set_random_seed(8)
rs = np.random.RandomState(8)

GRADES = 4
n = 2432
grade = rs.randint(0, GRADES, n)
centres = rs.normal(0, 1.6, (GRADES, 12))
roe = centres[grade] + rs.normal(0, 1.0, (n, 12))
roe = ((roe - roe.mean(0)) / roe.std(0)).astype("float32")
x_tr, y_tr = roe[:2048], grade[:2048].astype("int32")
x_te, y_te = roe[2048:], grade[2048:].astype("int32")


def init(fan_in, fan_out):
    return tf.Variable(tf.random.normal((fan_in, fan_out), stddev=(2.0 / fan_in) ** 0.5))


weights = [
    init(12, 64), tf.Variable(tf.zeros(64)),
    init(64, 32), tf.Variable(tf.zeros(32)),
    init(32, GRADES), tf.Variable(tf.zeros(GRADES)),
]
velocity = [tf.Variable(tf.zeros_like(w)) for w in weights]
average = [tf.Variable(w) for w in weights]


def forward(x, params):
    p = [tf.cast(w, tf.float16) for w in params]
    h = tf.cast(x, tf.float16)
    h = tf.nn.relu(tf.matmul(h, p[0]) + p[1])
    h = tf.nn.relu(tf.matmul(h, p[2]) + p[3])
    return tf.cast(tf.matmul(h, p[4]) + p[5], tf.float32)


@tf.function
def scaled_gradients(xb, yb, scale):
    with tf.GradientTape() as tape:
        logits = forward(xb, weights)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=yb, logits=logits)
        )
        scaled = loss * scale
    grads = tape.gradient(scaled, weights)
    grads = [g / scale for g in grads]
    ok = tf.reduce_all([tf.reduce_all(tf.math.is_finite(g)) for g in grads])
    return loss, grads, ok


@tf.function
def update(grads, lr):
    for w, v, a, g in zip(weights, velocity, average, grads):
        v.assign(0.9 * v + g)
        w.assign_sub(lr * v)
        a.assign(0.98 * a + 0.02 * w)


scale = 2.0 ** 24
good_in_a_row = 0
skipped = 0
BATCH = 64
for epoch in range(10):
    order = rs.permutation(len(x_tr))
    seen = []
    for start in range(0, len(order), BATCH):
        idx = order[start:start + BATCH]
        loss, grads, ok = scaled_gradients(  # whynan: healthy
            tf.constant(x_tr[idx]), tf.constant(y_tr[idx]), tf.constant(scale, tf.float32)
        )
        seen.append(float(loss))
        if not bool(ok):
            scale /= 2.0
            good_in_a_row = 0
            skipped += 1
            continue
        update(grads, tf.constant(0.02))
        good_in_a_row += 1
        if good_in_a_row == 80:
            scale *= 2.0
            good_in_a_row = 0
    print(f"epoch {epoch:2d} loss {np.mean(seen):.4f} scale 2^{int(np.log2(scale))} skipped {skipped}")

acc = np.mean(np.argmax(forward(x_te, weights).numpy(), 1) == y_te)
acc_avg = np.mean(np.argmax(forward(x_te, average).numpy(), 1) == y_te)
print(f"test accuracy {acc:.3f}, averaged weights {acc_avg:.3f}")
