"""Single head attention pooling, half precision activations, float32 master weights."""
import numpy as np
import tensorflow as tf

tf.random.set_seed(35)
rng = np.random.default_rng(35)
DIM, STEPS = 64, 20

tokens = rng.normal(size=(96, STEPS, DIM)).astype("float32")
tokens[:, :, 0] += 70.0
tokens *= rng.uniform(1, 6, size=(96, STEPS, 1))
answer = tokens[:, :, 1].mean(1, keepdims=True)

wq = tf.Variable(tf.random.normal([DIM, DIM], stddev=0.25), name="wq")
wk = tf.Variable(tf.random.normal([DIM, DIM], stddev=0.25), name="wk")
wo = tf.Variable(tf.random.normal([DIM, 1], stddev=0.05), name="wo")
variables = [wq, wk, wo]


def attend(x):
    x = tf.cast(x, tf.float16)
    q = tf.einsum("btd,de->bte", x, tf.cast(wq, tf.float16))
    k = tf.einsum("btd,de->bte", x, tf.cast(wk, tf.float16))
    scores = tf.einsum("bqd,bkd->bqk", q, k)  # whynan: float16_overflow phase=forward
    context = tf.matmul(tf.nn.softmax(scores), x)
    return tf.matmul(tf.cast(tf.reduce_mean(context, 1), tf.float32), wo)


@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.abs(attend(x) - y))
    for v, g in zip(variables, tape.gradient(loss, variables)):
        v.assign_sub(1e-4 * g)
    return loss


for epoch in range(2):
    for i in range(0, 96, 24):
        loss = step(tokens[i:i + 24], answer[i:i + 24])
    print("epoch", epoch, float(loss))
